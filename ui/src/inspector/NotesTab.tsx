// Notes of a node: words for people, kept in the flow.
import type { Flow, Node } from '../api';
import { useDraft } from '../kit';
import { commit, gestureOf } from './commit';
import classes from './inspector.module.css';

export function NotesTab({ flow, node, readOnly }: { flow: Flow; node: Node; readOnly: boolean }) {
  const kept = typeof node.options.note === 'string' ? node.options.note : '';
  const draft = useDraft(
    kept,
    (text) =>
      void commit(
        flow.id,
        `${node.name}: note`,
        [{ do: 'set', entity: node.id, field: 'note', value: text === '' ? null : text }],
        gestureOf(flow.id, node.id, ['note']),
      ),
  );
  return (
    <textarea
      className={classes.notes}
      aria-label={`Note on ${node.name}`}
      placeholder="Why it is here, what to watch for"
      value={draft.value}
      readOnly={readOnly}
      onChange={(event) => draft.set(event.currentTarget.value)}
      onBlur={draft.flush}
    />
  );
}
