// Items as JSON text, to read and copy.
import { useMemo } from 'react';
import type { ItemView } from '../api';
import { CodeEditor, count } from '../kit';
import classes from './runs.module.css';

/** Text stays quick to look at below this. */
const MOST_CHARACTERS = 1_000_000;

/** As many items as fit, as one JSON list. */
export function textOf(items: readonly ItemView[]): { text: string; shown: number } {
  const parts: string[] = [];
  let size = 0;
  for (const item of items) {
    const text = JSON.stringify(item.json, null, 2).replaceAll('\n', '\n  ');
    size += text.length;
    if (size > MOST_CHARACTERS && parts.length > 0) break;
    parts.push(text);
  }
  return { text: parts.length === 0 ? '[]' : `[\n  ${parts.join(',\n  ')}\n]`, shown: parts.length };
}

export function JsonText({ items, total, label }: { items: readonly ItemView[]; total: number; label: string }) {
  const { text, shown } = useMemo(() => textOf(items), [items]);
  return (
    <div className={classes.view} style={{ position: 'absolute', inset: 0 }}>
      <div className={classes.rows}>
        <CodeEditor value={text} language="json" label={label} readOnly folds foldFrom={3} />
      </div>
      {shown < total && (
        <span className="t11 i3" style={{ padding: '4px 14px' }}>{`The first ${count(shown)} of ${count(total)}`}</span>
      )}
    </div>
  );
}
