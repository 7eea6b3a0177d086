// A thread: what it joins, its note, and taking it away.
import type { Edge, Flow } from '../api';
import { select } from '../app';
import { Button, Icon, useDraft } from '../kit';
import { commit, gestureOf } from './commit';
import classes from './inspector.module.css';

export function EdgeInspector({ flow, edge }: { flow: Flow; edge: Edge }) {
  const readOnly = flow.read_only !== null;
  const draft = useDraft(
    edge.note ?? '',
    (text) =>
      void commit(
        flow.id,
        'Thread: note',
        [{ do: 'set', entity: edge.id, field: 'note', value: text === '' ? null : text }],
        gestureOf(flow.id, edge.id, ['note']),
      ),
  );
  const end = (id: string, port: string) => {
    const name = flow.nodes.find((node) => node.id === id)?.name ?? id;
    return (
      <button type="button" className={classes.line} onClick={() => select(flow.id, [id])}>
        <span>
          <strong>{name}</strong> {port}
        </span>
        <Icon name="right" size={14} />
      </button>
    );
  };
  return (
    <>
      <header className={classes.head}>
        <div className={classes.titles}>
          <div className="t15">Thread</div>
          <div className={classes.kind}>From one node to the next</div>
        </div>
      </header>
      <div
        className={classes.body}
        role="tabpanel"
        aria-label="Thread"
        style={{ marginTop: 10, borderTop: '1px solid var(--line)' }}
      >
        <div className={classes.well}>
          {end(edge.from, edge.from_port)}
          {end(edge.to, edge.to_port)}
        </div>
        <textarea
          className={classes.notes}
          style={{ minHeight: 64 }}
          aria-label="Note on the thread"
          placeholder="A note"
          value={draft.value}
          readOnly={readOnly}
          onChange={(event) => draft.set(event.currentTarget.value)}
          onBlur={draft.flush}
        />
      </div>
      {!readOnly && (
        <footer className={classes.foot}>
          <Button
            small
            icon="trash"
            onClick={() => {
              select(flow.id, []);
              void commit(flow.id, 'Take a thread away', [{ do: 'disconnect', edge: edge.id }]);
            }}
          >
            Take away
          </Button>
        </footer>
      )}
    </>
  );
}
