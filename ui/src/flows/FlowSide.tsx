// The flow list beside the canvas: folders and flows as a tree, each with its state.
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { type FlowSummary, loadList, useKept } from '../api';
import { newFlow, showFlow, useScreen } from '../app';
import { count, Icon, IconButton, problem } from '../kit';
import classes from './flows.module.css';
import { folderOf, stateOf } from './state';

export type SideRow =
  | { kind: 'folder'; path: string; name: string; depth: number; flows: number }
  | { kind: 'flow'; flow: FlowSummary; depth: number };

/** Rows of the tree: at each level the folders, then the flows, by name; a closed folder is one row. */
export function rowsOf(flows: readonly FlowSummary[], closed: ReadonlySet<string>, folder = '', depth = 0): SideRow[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = flows.filter((flow) => flow.id.startsWith(prefix));
  const names = new Set(
    inside
      .map((flow) => folderOf(flow.id))
      .filter((path) => path.length >= prefix.length && path !== folder)
      .map((path) => path.slice(prefix.length).split('/')[0] ?? ''),
  );
  names.delete('');
  const folders = [...names].sort().flatMap((name): SideRow[] => {
    const path = prefix + name;
    const row: SideRow = {
      kind: 'folder',
      path,
      name,
      depth,
      flows: inside.filter((flow) => flow.id.startsWith(`${path}/`)).length,
    };
    return closed.has(path) ? [row] : [row, ...rowsOf(inside, closed, path, depth + 1)];
  });
  const own = inside.filter((flow) => folderOf(flow.id) === folder).sort((a, b) => a.name.localeCompare(b.name));
  return [...folders, ...own.map((flow): SideRow => ({ kind: 'flow', flow, depth }))];
}

const TONES: Record<string, string> = { err: 'errc', live: 'acc', warn: 'warnc' };

/** Below this the list lies over the canvas, and makes way once a flow is chosen. */
const DOCKED_FROM = 1440;
const close = () => useScreen.setState({ sideOpen: false });

function go(flow: string) {
  showFlow(flow);
  if (innerWidth < DOCKED_FROM) close();
}

export function FlowSide() {
  const list = useKept((s) => s.list);
  const readOnly = useKept((s) => s.workspace?.read_only ?? null);
  const active = useScreen((s) => s.active);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [find, setFind] = useState<string | null>(null);
  useEffect(() => {
    loadList().catch(problem);
  }, []);
  const rows = useMemo(() => {
    const want = find?.trim().toLowerCase() ?? '';
    const flows = (list ?? []).filter((flow) => want === '' || `${flow.name} ${flow.id}`.toLowerCase().includes(want));
    return rowsOf(flows, want === '' ? closed : new Set());
  }, [list, find, closed]);
  const toggle = (path: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <aside
      className={classes.side}
      aria-label="Flows"
      data-region="side"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div className={classes.sidehead}>
        <span className="t15 grow">Flows</span>
        <IconButton
          icon="search"
          label="Find a flow"
          box={24}
          size={14}
          on={find !== null}
          onClick={() => setFind(find === null ? '' : null)}
        />
        {readOnly === null && (
          <IconButton icon="plus" label="New flow" keys="mod+alt+n" box={24} size={14} onClick={() => void newFlow()} />
        )}
      </div>
      {find !== null && (
        <label className={`${classes.find} ${classes.sidefind}`}>
          <Icon name="search" size={14} />
          <input
            aria-label="Find a flow"
            // biome-ignore lint/a11y/noAutofocus: the field was asked for a moment ago.
            autoFocus
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.stopPropagation();
              setFind(null);
            }}
          />
        </label>
      )}
      <div className={classes.tree} role="tree" aria-label="Flows" onKeyDown={alongTree}>
        {rows.map((row, index) => {
          const style = { paddingLeft: 8 + row.depth * 16 };
          if (row.kind === 'folder') {
            const open = !closed.has(row.path);
            return (
              <button
                key={row.path}
                type="button"
                role="treeitem"
                aria-level={row.depth + 1}
                aria-expanded={open}
                aria-selected={false}
                tabIndex={index === 0 ? 0 : -1}
                className={classes.branch}
                style={style}
                onClick={() => toggle(row.path)}
              >
                <span className={classes.twist} data-open={open}>
                  <Icon name="right" size={14} />
                </span>
                <span className="cut m grow">{row.name}</span>
                {!open && <span className="t11 i3">{count(row.flows)}</span>}
              </button>
            );
          }
          const state = stateOf(row.flow);
          return (
            <button
              key={row.flow.id}
              type="button"
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={row.flow.id === active}
              tabIndex={index === 0 ? 0 : -1}
              className={classes.branch}
              style={style}
              onClick={() => go(row.flow.id)}
            >
              <span className="i3">
                <Icon name="flow" size={14} />
              </span>
              <span className="cut grow">{row.flow.name}</span>
              {state && (
                <span className={TONES[state.tone] ?? 'i3'} role="img" aria-label={state.words} title={state.words}>
                  <Icon name={state.icon} size={14} />
                </span>
              )}
            </button>
          );
        })}
      </div>
    </aside>
  );
}

/** Up and down through the rows; left and right fold them. */
function alongTree(event: KeyboardEvent<HTMLElement>) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const here = all[at];
  if (!here) return;
  const folded = here.getAttribute('aria-expanded');
  if (event.key === 'ArrowDown') all[at + 1]?.focus();
  else if (event.key === 'ArrowUp') all[at - 1]?.focus();
  else if ((event.key === 'ArrowRight' && folded === 'false') || (event.key === 'ArrowLeft' && folded === 'true')) here.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
