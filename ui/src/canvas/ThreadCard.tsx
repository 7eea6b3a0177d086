// The card of a thread under the pointer: the last three values that travelled it.
import { useEffect, useRef, useState } from 'react';
import { call, edgeRun, type ItemView, type Json } from '../api';
import { items } from '../kit';
import type { Board } from './board';

/** How long the pointer rests before the card comes. */
const REST = 250;
const SHOWN = 3;
const WIDTH = 240;

interface Shown {
  edge: string;
  total: number;
  items: ItemView[];
}

export function ThreadCard({ board }: { board: Board }) {
  const over = board.ui((s) => s.over);
  const [shown, setShown] = useState<Shown | null>(null);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setShown(null);
    const edge = board.drawn.edges.find((e) => e.id === over?.edge);
    const run = board.run;
    if (!edge || run === null) return;
    const total = edgeRun(run, edge.id)?.items ?? 0;
    if (total === 0) return;
    let gone = false;
    const timer = setTimeout(() => {
      const asked = {
        run,
        node: edge.from,
        side: 'out' as const,
        port: edge.from_port,
        from: Math.max(0, total - SHOWN),
        limit: SHOWN,
      };
      call('run_items', asked).then(
        (page) => !gone && setShown({ edge: edge.id, total, items: page.items }),
        () => {},
      );
    }, REST);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [board, over?.edge]);
  if (!shown || over?.edge !== shown.edge) return null;
  const area = document.querySelector('.canvas')?.getBoundingClientRect();
  const x = Math.min(over.x - (area?.left ?? 0) + 12, (area?.width ?? 0) - WIDTH - 8);
  const y = over.y - (area?.top ?? 0) + 14;
  return (
    <div ref={card} className="menu thread-card" style={{ transform: `translate(${x}px, ${y}px)` }} aria-hidden>
      <p className="section-words">
        {shown.total > shown.items.length ? `The last ${shown.items.length} of ${items(shown.total)}` : items(shown.total)}
      </p>
      {shown.items.map((item, i) => (
        <p className="mono cut" key={i}>
          {line(item.json)}
        </p>
      ))}
    </div>
  );
}

/** A value in one line: fields without the noise of JSON. */
function line(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value) ?? '';
  return Object.entries(value)
    .map(([key, v]) => `${key} ${typeof v === 'string' ? v : JSON.stringify(v)}`)
    .join(' · ');
}
