// Several things at once: what they are, and a way to each.
import type { Flow } from '../api';
import { select } from '../app';
import { count, Icon } from '../kit';
import classes from './inspector.module.css';

export function SeveralInspector({ flow, ids }: { flow: Flow; ids: readonly string[] }) {
  const chosen = [
    ...flow.nodes.map((node) => ({ id: node.id, name: node.name })),
    ...flow.blocks.map((block) => ({ id: block.id, name: block.id })),
  ].filter((one) => ids.includes(one.id));
  return (
    <>
      <header className={classes.head}>
        <div className={classes.titles}>
          <div className="t15">{count(ids.length)} selected</div>
          <div className={classes.kind}>Choose one to see its fields</div>
        </div>
      </header>
      <div className={classes.body} style={{ marginTop: 10, borderTop: '1px solid var(--line)' }}>
        <div className={classes.well}>
          {chosen.map((one) => (
            <button key={one.id} type="button" className={classes.line} onClick={() => select(flow.id, [one.id])}>
              <span>
                <strong>{one.name}</strong>
              </span>
              <Icon name="right" size={14} />
            </button>
          ))}
        </div>
      </div>
    </>
  );
}
