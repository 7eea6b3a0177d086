// The command palette (Ctrl K): commands, nodes to add, runs, flows, nodes of this flow.
import './palette.css';
import { type KeyboardEvent as Keys, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { loadList, type RunStatus, useFlow, useKept } from '../api';
import { commands, commandTitle, doCommand, focusCanvas, select, showFlow, showRun, useScreen } from '../app';
import { dyeOf, familyWords, Icon, type IconName, Kbd, span, Tile, when } from '../kit';
import { Match } from './Match';
import { best } from './rank';

interface Row {
  id: string;
  section: string;
  text: string;
  picture: ReactNode;
  beside?: string;
  right?: ReactNode;
  run(): void;
}

const RUN_ICONS: Record<RunStatus, IconName> = {
  queued: 'ring',
  running: 'play',
  waiting: 'wait',
  finished: 'check',
  failed: 'stopped',
  cancelled: 'cancelled',
};
const PREFIXES: Record<string, string> = { '>': 'Commands', '@': 'Nodes', '#': 'Flows', '+': 'Add a node' };
const MOST = { Commands: 6, 'Add a node': 5, Runs: 4, Flows: 5, Nodes: 5 } as Record<string, number>;

export function Palette({ close }: { close(): void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const rows = useRows();
  useEffect(() => void loadList().catch(() => {}), []);

  const only = PREFIXES[text.charAt(0)];
  const query = only ? text.slice(1) : text;
  const sections = useMemo(() => {
    const found = new Map<string, Row[]>();
    const names = [...new Set(rows.map((r) => r.section))];
    for (const name of names) {
      if (only !== undefined && only !== name) continue;
      const hits = best(
        query,
        rows.filter((r) => r.section === name),
        (r) => r.text,
      );
      const most = only === undefined ? (MOST[name] ?? 5) : 50;
      if (hits.length > 0) found.set(name, hits.slice(0, most));
    }
    return found;
  }, [rows, query, only]);
  const flat = [...sections.values()].flat();
  const row = flat[Math.min(chosen, flat.length - 1)];

  useEffect(() => {
    void list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });
  const done = (r: Row | undefined) => {
    close();
    if (!r) return;
    focusCanvas();
    r.run();
  };
  const key = (e: Keys) => {
    if (e.key === 'ArrowDown') setChosen((n) => Math.min(flat.length - 1, n + 1));
    else if (e.key === 'ArrowUp') setChosen((n) => Math.max(0, n - 1));
    else if (e.key === 'Enter') done(row);
    else if (e.key === 'Escape') {
      close();
      focusCanvas();
    } else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div className="scrim" onPointerDown={(e) => e.target === e.currentTarget && close()}>
      <div className="palette" role="dialog" data-modal aria-modal aria-label="Search" onKeyDown={key}>
        <div className="palette-field">
          <Icon name="search" size={16} />
          <input
            // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
            autoFocus
            value={text}
            placeholder="Search commands, nodes, runs and flows"
            aria-label="Search"
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={row && `palette-${row.id}`}
            onChange={(e) => {
              setText(e.target.value);
              setChosen(0);
            }}
          />
        </div>
        <div className="palette-list" id="palette-list" role="listbox" aria-label="Results" ref={list}>
          {[...sections].map(([name, hits]) => (
            <div key={name} role="group" aria-label={name}>
              <p className="section">{name}</p>
              {hits.map((r) => (
                <div
                  key={r.id}
                  id={`palette-${r.id}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={r === row}
                  className={`palette-row${r === row ? ' on' : ''}`}
                  onPointerMove={() => setChosen(flat.indexOf(r))}
                  onClick={() => done(r)}
                >
                  <span className="picture">{r.picture}</span>
                  <span className="m cut">
                    <Match text={r.text} query={query} />
                  </span>
                  {r.beside && <span className="t12 i3">{r.beside}</span>}
                  <span className="sp" />
                  {r.right}
                </div>
              ))}
            </div>
          ))}
          {flat.length === 0 && <p className="section">Nothing found for “{query}”.</p>}
        </div>
        <div className="palette-foot">
          <span>
            <Kbd keys="enter" /> do it
          </span>
          <span>
            <Kbd keys="arrowup" /> <Kbd keys="arrowdown" /> choose
          </span>
          <span className="sp" />
          <span>
            Type <kbd>&gt;</kbd> commands <kbd>@</kbd> nodes <kbd>#</kbd> flows
          </span>
        </div>
      </div>
    </div>
  );
}

/** Everything that can be found, section by section. */
function useRows(): Row[] {
  const active = useScreen((s) => (s.place === 'flow' ? s.active : null));
  const doc = useFlow(active);
  const types = useKept((s) => s.types);
  const typeById = useKept((s) => s.typeById);
  const flows = useKept((s) => s.list);
  const runs = useKept((s) => s.runs);
  return useMemo(() => {
    const rows: Row[] = [];
    for (const c of commands()) {
      if (c.silent) continue;
      const keys = c.keys?.split(' ')[0];
      rows.push({
        id: c.id,
        section: 'Commands',
        text: commandTitle(c),
        picture: <Icon name={c.icon} size={16} />,
        right: keys && (
          <span className="keys">
            <Kbd keys={keys} />
          </span>
        ),
        run: c.run,
      });
    }
    if (doc && !doc.read_only) {
      for (const t of types) {
        rows.push({
          id: `add-${t.id}`,
          section: 'Add a node',
          text: t.title,
          picture: <Tile svg={t.icon} group={t.group} size="s" />,
          beside: familyWords(t.group),
          run: () => doCommand(`canvas.add.${t.id}`),
        });
      }
    }
    const mine = Object.values(runs)
      .filter((r) => r.flow === active)
      .sort((a, b) => b.number - a.number);
    for (const r of mine) {
      const took = r.started_at !== null && r.finished_at !== null ? ` · ${span(r.finished_at - r.started_at)}` : '';
      const tone = r.status === 'failed' ? 'errc' : r.status === 'finished' ? 'okc' : 'i3';
      rows.push({
        id: r.id,
        section: 'Runs',
        text: `Run ${r.number}`,
        picture: (
          <span className={tone}>
            <Icon name={RUN_ICONS[r.status]} size={16} />
          </span>
        ),
        right: (
          <span className="t12 i3">
            {when(r.created_at)}
            {took}
          </span>
        ),
        run: () => active !== null && showRun(active, r.id),
      });
    }
    for (const f of flows ?? []) {
      rows.push({
        id: `flow-${f.id}`,
        section: 'Flows',
        text: f.name,
        picture: <Icon name="flow" size={16} />,
        right: <span className="t12 i3">{f.id}</span>,
        run: () => showFlow(f.id),
      });
    }
    for (const n of doc?.nodes ?? []) {
      const t = typeById[n.type];
      rows.push({
        id: `node-${n.id}`,
        section: 'Nodes',
        text: n.name,
        picture: <Tile svg={t?.icon} dye={dyeOf(t?.group)} size="s" />,
        beside: t?.title ?? n.type,
        run: () => {
          if (!doc) return;
          select(doc.id, [n.id]);
          doCommand('canvas.zoom.selection');
        },
      });
    }
    return rows;
  }, [active, doc, types, typeById, flows, runs]);
}
