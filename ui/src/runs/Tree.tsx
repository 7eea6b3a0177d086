// Items as trees: one row of 24 each, opened where a person opens them.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { ItemView } from '../api';
import { count, Icon, isObject, type Json, Preview } from '../kit';
import classes from './runs.module.css';

interface Row {
  /** `14`, `14/wettest/0`: position and members. */
  path: string;
  depth: number;
  name: string;
  value: Json | undefined;
  folds: boolean;
}

const isFolder = (value: Json | undefined): value is Json[] | { [key: string]: Json } => Array.isArray(value) || isObject(value);

/** The rows of what is open below a value. */
export function rowsBelow(value: Json | undefined, path: string, depth: number, open: ReadonlySet<string>): Row[] {
  if (!isFolder(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}/${name.replaceAll('/', '~1')}`;
    const row: Row = { path: at, depth, name, value: inner, folds: isFolder(inner) && Object.keys(inner).length > 0 };
    return [row, ...(row.folds && open.has(at) ? rowsBelow(inner, at, depth + 1, open) : [])];
  });
}

const fields = (value: Json | undefined): string =>
  Array.isArray(value) ? `${count(value.length)} values` : isObject(value) ? `${count(Object.keys(value).length)} fields` : '';

interface Props {
  order: readonly number[] | null;
  total: number;
  at(index: number): ItemView | undefined;
  start: number | null;
  label: string;
}

export function Tree({ order, total, at, start, label }: Props) {
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([String(start ?? order?.[0] ?? 0)]));
  const [active, setActive] = useState(-1);
  const length = order?.length ?? total;

  // Open items stand in the list with the rows below them; all others are one row, read when seen.
  const opened = [...open].filter((path) => !path.includes('/')).map(Number);
  const below = new Map(
    opened.map((position) => [position, rowsBelow(at(position)?.json as Json | undefined, String(position), 1, open)]),
  );
  const places = useMemo(() => new Map(order?.map((position, row) => [position, row])), [order]);
  const starts = opened
    .map((position) => ({ position, row: order ? (places.get(position) ?? -1) : position, rows: below.get(position) ?? [] }))
    .filter((one) => one.row >= 0 && one.row < length)
    .sort((a, b) => a.row - b.row);
  const extra = starts.reduce((sum, one) => sum + one.rows.length, 0);
  const rowAt = (index: number): Row => {
    let before = 0;
    for (const one of starts) {
      const own = one.row + before;
      if (index <= own) break;
      const inside = one.rows[index - own - 1];
      if (inside) return inside;
      before += one.rows.length;
    }
    const position = order?.[index - before] ?? index - before;
    return {
      path: String(position),
      depth: 0,
      name: `item ${count(position + 1)}`,
      value: at(position)?.json as Json | undefined,
      folds: true,
    };
  };
  const rows = useVirtualizer({
    count: length + extra,
    getScrollElement: () => scroll.current,
    estimateSize: () => 24,
    overscan: 8,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another start goes there.
  useEffect(() => {
    if (start === null) return;
    setOpen((before) => new Set([...before, String(start)]));
    const row = order ? order.indexOf(start) : start;
    if (row >= 0) rows.scrollToIndex(row, { align: 'start' });
  }, [start]);

  const toggle = (path: string, to = !open.has(path)) =>
    setOpen((before) => {
      const next = new Set(before);
      if (to) next.add(path);
      else next.delete(path);
      return next;
    });
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const row = active >= 0 ? rowAt(active) : null;
    if (step !== 0) {
      const next = Math.min(length + extra - 1, Math.max(0, active + step));
      setActive(next);
      rows.scrollToIndex(next);
    } else if (row?.folds && (event.key === 'Enter' || event.key === ' ')) toggle(row.path);
    else if (row?.folds && event.key === 'ArrowRight') toggle(row.path, true);
    else if (row?.folds && event.key === 'ArrowLeft') toggle(row.path, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scroll}
      className={classes.scroll}
      role="tree"
      aria-label={label}
      tabIndex={0}
      onKeyDown={keys}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
    >
      <div style={{ position: 'relative', height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((virtual) => {
          const row = rowAt(virtual.index);
          const isOpen = row.folds && open.has(row.path);
          return (
            <div
              key={virtual.key}
              id={`${id}-${virtual.index}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.depth + 1}
              aria-expanded={row.folds ? isOpen : undefined}
              aria-selected={virtual.index === active}
              className={classes.treerow}
              data-active={virtual.index === active}
              style={{ transform: `translateY(${virtual.start}px)`, paddingLeft: 10 + row.depth * 16 }}
              onClick={() => {
                setActive(virtual.index);
                if (row.folds) toggle(row.path);
              }}
            >
              <span className={classes.twist} data-open={isOpen}>
                {row.folds && <Icon name="right" size={12} />}
              </span>
              <b>{row.name}</b>
              {isFolder(row.value) ? (
                <span className="t11 i3">{fields(row.value)}</span>
              ) : (
                row.value !== undefined && <Preview value={row.value} limit={400} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
