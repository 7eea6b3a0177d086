// The table of a node's items: rows of 26 that are read as they come into view.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { ItemView } from '../api';
import { count, Icon, type IconName } from '../kit';
import type { Arranged, Sort } from './rows';
import classes from './runs.module.css';
import { type Column, cellOf, cellText, type Kind, type Spread, spreadOf } from './values';

export interface TableProps {
  columns: readonly Column[];
  total: number;
  at(index: number): ItemView | undefined;
  /** Those whose values the heads sum up; null where they are only a part. */
  whole: readonly ItemView[] | null;
  arranged: Arranged;
  sort: Sort | null;
  setSort(sort: Sort | null): void;
  /** The position whose way is lit. */
  traced: number | null;
  /** The item a step stopped at. */
  wrong?: { at: number; message: string } | null;
  /** What a column's head becomes when it is dragged into an expression. */
  dragged?: (column: Column) => string;
  label: string;
  /** Enter or a click: where it came from. */
  onChoose(index: number): void;
  /** Space or a double click: the whole value. */
  onWhole(index: number): void;
  onMenu(index: number, column: Column | null, x: number, y: number): void;
  onLeave(): void;
}

const ROW = 26;
const HEAD = 40;
/** Higher than this no browser scrolls: what lies behind is found by Find. */
const MOST_ROWS = 500_000;
const ICONS: Record<Kind, IconName> = {
  number: 'hash',
  text: 'text',
  boolean: 'boolean',
  time: 'calendar',
  list: 'list',
  object: 'braces',
  file: 'file',
  mixed: 'dot',
};

export function Table(props: TableProps) {
  const { columns, arranged, total, traced, whole, wrong = null } = props;
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number>(-1);
  const length = Math.min(MOST_ROWS, arranged.order?.length ?? total);
  const rows = useVirtualizer({
    count: length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  });
  const spreads = useMemo(
    () =>
      new Map(
        whole
          ? columns.map((c) => [
              c.key,
              spreadOf(
                whole.map((item) => cellOf(item, c.key)),
                c.kind,
              ),
            ])
          : [],
      ),
    [whole, columns],
  );
  const barred = props.sort?.key ?? columns.find((c) => c.kind === 'number')?.key;
  const template = `${Math.max(40, 20 + 8 * String(total).length)}px ${columns.map((c) => widthOf(c, c.key === barred)).join(' ')} minmax(0, 0.3fr)`;
  const positionOf = (row: number) => arranged.order?.[row] ?? row;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at the top.
  useEffect(() => setActive(-1), [arranged.order]);
  const sought = traced ?? wrong?.at ?? null;
  useEffect(() => {
    if (sought === null) return;
    const row = arranged.order ? arranged.order.indexOf(sought) : sought;
    if (row >= 0) rows.scrollToIndex(row, { align: 'auto' });
  }, [sought, arranged.order, rows]);

  const keys = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? ROW) / ROW) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -length, End: length }[event.key];
    if (step !== undefined && length > 0) {
      event.preventDefault();
      const next = Math.min(length - 1, Math.max(0, active + step));
      setActive(next);
      rows.scrollToIndex(next);
    } else if (event.key === 'Enter' && active >= 0) props.onChoose(positionOf(active));
    else if (event.key === ' ' && active >= 0) {
      event.preventDefault();
      props.onWhole(positionOf(active));
    } else if (event.key === 'Escape') props.onLeave();
    else return;
    event.stopPropagation();
  };

  return (
    <div
      ref={scroll}
      className={classes.scroll}
      role="grid"
      aria-label={props.label}
      aria-rowcount={length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={keys}
    >
      <div
        className={classes.grid}
        style={{
          height: rows.getTotalSize() + HEAD,
          minWidth: columns.reduce((sum, c) => sum + leastOf(c, c.key === barred), 80),
        }}
      >
        <div className={classes.headrow} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, height: HEAD }}>
          <span role="columnheader" aria-label="Position" />
          {columns.map((column) => (
            <Head
              key={column.key}
              column={column}
              spread={spreads.get(column.key)}
              sort={props.sort}
              setSort={props.setSort}
              dragged={props.dragged}
            />
          ))}
        </div>
        {rows.getVirtualItems().map((row) => {
          const position = positionOf(row.index);
          const item = arranged.all?.[position] ?? props.at(position);
          const said = item?.problem?.message ?? (wrong?.at === position ? wrong.message : undefined);
          const menu = (event: MouseEvent, column: Column | null) => {
            event.preventDefault();
            setActive(row.index);
            props.onMenu(position, column, event.clientX, event.clientY);
          };
          return (
            <div
              key={row.key}
              id={`${id}-${row.index}`}
              role="row"
              aria-rowindex={row.index + 2}
              aria-selected={traced === position}
              className={classes.tr}
              data-active={row.index === active}
              data-traced={traced === position}
              data-wrong={said !== undefined}
              style={{ gridTemplateColumns: template, transform: `translateY(${row.start}px)` }}
              onClick={() => {
                setActive(row.index);
                props.onChoose(position);
              }}
              onDoubleClick={() => props.onWhole(position)}
              onContextMenu={(event) => menu(event, null)}
            >
              <span role="rowheader" className={classes.index}>
                {said !== undefined ? <Icon name="stopped" size={14} /> : count(position + 1)}
              </span>
              {item !== undefined &&
                columns.map((column, index) => (
                  <Cell
                    key={column.key}
                    item={item}
                    column={column}
                    lead={index === 0}
                    said={index === 0 ? said : undefined}
                    max={column.key === barred ? (spreads.get(column.key)?.max ?? 0) : 0}
                    onMenu={menu}
                  />
                ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const leastOf = (column: Column, barred: boolean) => Math.min(280, Math.max(barred ? 128 : 72, 36 + column.width * 7));
const widthOf = (column: Column, barred: boolean) =>
  `minmax(${leastOf(column, barred)}px, ${column.kind === 'number' ? 1 : 1.4}fr)`;

interface HeadProps {
  column: Column;
  spread: Spread | undefined;
  sort: Sort | null;
  setSort(sort: Sort | null): void;
  dragged: ((column: Column) => string) | undefined;
}

function Head({ column, spread, sort, setSort, dragged }: HeadProps) {
  const mine = sort?.key === column.key ? sort : null;
  const next =
    mine === null
      ? { key: column.key, down: column.kind === 'number' }
      : mine.down === (column.kind === 'number')
        ? { key: column.key, down: !mine.down }
        : null;
  return (
    <div role="columnheader" aria-sort={mine === null ? 'none' : mine.down ? 'descending' : 'ascending'} style={{ minWidth: 0 }}>
      <button
        type="button"
        className={classes.head}
        style={{ width: '100%' }}
        data-number={column.kind === 'number'}
        tabIndex={-1}
        draggable={dragged !== undefined}
        onDragStart={(event) => dragged && event.dataTransfer.setData('text/plain', dragged(column))}
        onClick={() => setSort(next)}
      >
        <span>
          <Icon name={ICONS[column.kind]} size={14} />
          <span className="cut">{column.name}</span>
          {mine !== null && <span aria-hidden>{mine.down ? '↓' : '↑'}</span>}
        </span>
        {spread && (
          <span className={classes.spread}>
            {spread.bins ? <Bins bins={spread.bins} /> : spread.different !== undefined && `${count(spread.different)} different`}
          </span>
        )}
      </button>
    </div>
  );
}

/** How the values of a column are spread: 56 by 10. */
function Bins({ bins }: { bins: readonly number[] }) {
  const most = Math.max(...bins);
  return (
    <svg width={56} height={10} aria-hidden>
      {bins.map((n, i) => {
        const height = n === 0 ? 0 : Math.max(1, (n / most) * 10);
        return <rect key={i} x={i * 5.6} y={10 - height} width={4.4} height={height} />;
      })}
    </svg>
  );
}

interface CellProps {
  item: ItemView;
  column: Column;
  lead: boolean;
  said: string | undefined;
  /** The largest value of the column that shows bars; 0 in all others. */
  max: number;
  onMenu(event: MouseEvent, column: Column): void;
}

function Cell({ item, column, lead, said, max, onMenu }: CellProps) {
  const value = cellOf(item, column.key);
  const text = cellText(value, column);
  const number = column.kind === 'number';
  const style = `${number ? classes.number : ''} ${lead && !number ? classes.lead : ''} ${value === undefined || value === null ? classes.missing : ''}`;
  const bar = max > 0 && typeof value === 'number';
  return (
    <span
      role="gridcell"
      className={bar ? `${style} ${classes.barcell}` : style}
      title={number && typeof value === 'number' && Number(text) !== value ? String(value) : text.length > 24 ? text : undefined}
      onContextMenu={(event) => {
        event.stopPropagation();
        onMenu(event, column);
      }}
    >
      {bar ? (
        <>
          <i style={{ '--share': `${Math.max(0, (value / max) * 100)}%` } as React.CSSProperties} />
          <b>{text}</b>
        </>
      ) : (
        text
      )}
      {said !== undefined && <span className={classes.wrong}>{said}</span>}
    </span>
  );
}
