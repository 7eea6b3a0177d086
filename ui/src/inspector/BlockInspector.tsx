// A note, a frame or a view: its few fields.
import { useMemo } from 'react';
import { type Block, type Flow, undo, useKept } from '../api';
import { select } from '../app';
import { Button, type IconName, type Json, type JsonObject, notice, problem, SchemaForm, Tile, words } from '../kit';
import { commit, gestureOf, setEdit } from './commit';
import classes from './inspector.module.css';
import { useOverlay } from './overlay';
import { blockSchema } from './schemas';

const KIND: Record<string, { title: string; icon: IconName }> = {
  note: { title: 'Note', icon: 'note' },
  frame: { title: 'Frame', icon: 'frame' },
  view: { title: 'View', icon: 'chart' },
};

export function BlockInspector({ flow, block }: { flow: Flow; block: Block }) {
  const typeById = useKept((s) => s.typeById);
  const schema = useMemo(() => blockSchema(block.type, flow, (id) => typeById[id]), [block.type, flow, typeById]);
  const kind = KIND[block.type] ?? { title: words(block.type), icon: 'square' as const };
  const name = block.fields.name ?? block.fields.title;
  const overlay = useOverlay(block.fields as JsonObject);
  const readOnly = flow.read_only !== null;
  const remove = async () => {
    select(flow.id, []);
    if (await commit(flow.id, `Delete ${kind.title.toLowerCase()}`, [{ do: 'remove', ids: [block.id] }])) {
      notice(
        `The ${kind.title.toLowerCase()} is gone.`,
        { label: 'Undo', run: () => void undo(flow.id).catch(problem) },
        'trash',
      );
    }
  };
  return (
    <>
      <header className={classes.head}>
        <Tile icon={kind.icon} dye="linen" />
        <div className={classes.titles}>
          <div className="t15 cut">{typeof name === 'string' && name !== '' ? name : kind.title}</div>
          <div className={classes.kind}>{kind.title}</div>
        </div>
      </header>
      <div
        className={classes.body}
        role="tabpanel"
        aria-label={kind.title}
        style={{ marginTop: 10, borderTop: '1px solid var(--line)' }}
      >
        <SchemaForm
          schema={schema}
          value={overlay.value}
          label={kind.title}
          readOnly={readOnly}
          expressions={false}
          onChange={(path, next: Json | undefined, typing) =>
            overlay.send(path, next, (whole) =>
              commit(
                flow.id,
                `${kind.title}: ${words(path[0] ?? '').toLowerCase()}`,
                [setEdit(block.id, [], whole, path, next)],
                typing ? gestureOf(flow.id, block.id, path) : null,
              ),
            )
          }
        />
      </div>
      {!readOnly && (
        <footer className={classes.foot}>
          <Button small icon="trash" onClick={() => void remove()}>
            Delete
          </Button>
        </footer>
      )}
    </>
  );
}
