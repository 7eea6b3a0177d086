// All flows of the workspace.
import { useEffect } from 'react';
import { loadList, useKept } from '../api';
import { showFlow } from '../app';

export function FlowList() {
  const list = useKept((s) => s.list);
  useEffect(() => void loadList(), []);
  return (
    <ul>
      {list?.map((f) => (
        <li key={f.id}>
          <button type="button" className="btn" onClick={() => showFlow(f.id)}>
            {f.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
