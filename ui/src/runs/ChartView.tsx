// A chart of a node's items: one is proposed, another is a click away.
import { Select } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { ItemView } from '../api';
import { count, Icon, Segment } from '../kit';
import { Legend, Plot, type PlotSeries } from './Plot';
import classes from './runs.module.css';
import { type Column, cellOf, cellText } from './values';

interface Props {
  items: readonly ItemView[];
  total: number;
  columns: readonly Column[];
  lit: number | null;
  onPick(index: number): void;
}

const MOST_POINTS = 4000;

/** What is drawn along the bottom, and which numbers: a first guess from the columns. */
export function proposal(columns: readonly Column[]): { x: string | null; y: string[] } {
  const x = columns.find((c) => c.kind === 'time') ?? columns.find((c) => c.kind === 'text');
  const y = columns.find((c) => c.kind === 'number');
  return { x: x?.key ?? null, y: y ? [y.key] : [] };
}

export function ChartView({ items, total, columns, lit, onPick }: Props) {
  const first = useMemo(() => proposal(columns), [columns]);
  const [x, setX] = useState<string | null>(first.x);
  const [y, setY] = useState<string[]>(first.y);
  const [as, setAs] = useState<'bars' | 'line'>('bars');
  const names = columns.map((c) => c.key).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns want another proposal.
  useEffect(() => {
    setX(first.x);
    setY(first.y);
    setAs(items.length > 120 ? 'line' : 'bars');
  }, [names]);

  const numbers = columns.filter((c) => c.kind === 'number');
  const shown = useMemo(() => items.slice(0, MOST_POINTS), [items]);
  const along = columns.find((c) => c.key === x);
  const labels = useMemo(
    () => shown.map((item, i) => (along ? cellText(cellOf(item, along.key), along) : String(i + 1))),
    [shown, along],
  );
  const series = useMemo(
    () =>
      y.map((key): PlotSeries => {
        const name = columns.find((c) => c.key === key)?.name ?? key;
        return { name, as, axis: 'left', values: shown.map((item) => numberOf(item, key)) };
      }),
    [y, as, shown, columns],
  );
  if (numbers.length === 0) return <p className={classes.say}>There are no numbers to draw here.</p>;
  return (
    <div className={classes.chart}>
      <div className={classes.choose}>
        <span className="row g6">
          Along
          <Select
            w={130}
            aria-label="Along the bottom"
            data={[
              { value: '\0', label: 'position' },
              ...columns.filter((c) => c.kind !== 'object' && c.kind !== 'list').map((c) => ({ value: c.key, label: c.name })),
            ]}
            value={x ?? '\0'}
            onChange={(key) => setX(key === '\0' || key === null ? null : key)}
            allowDeselect={false}
            rightSection={<Icon name="down" size={14} />}
          />
        </span>
        <Segment<'bars' | 'line'>
          label="Drawn as"
          value={as}
          onChange={setAs}
          options={[
            { value: 'bars', label: 'Bars' },
            { value: 'line', label: 'Lines' },
          ]}
        />
        {numbers.slice(0, 12).map((column) => (
          <label key={column.key}>
            <input
              type="checkbox"
              checked={y.includes(column.key)}
              onChange={(event) => setY(event.currentTarget.checked ? [...y, column.key] : y.filter((key) => key !== column.key))}
            />
            {column.name}
          </label>
        ))}
        {shown.length < total && (
          <span className="i3">
            The first {count(shown.length)} of {count(total)}
          </span>
        )}
      </div>
      <Legend series={series} />
      {series.length > 0 && (
        <Plot
          x={labels}
          series={series}
          lit={lit}
          label={`${series.map((s) => s.name).join(', ')} by ${along?.name ?? 'position'}`}
          onPick={onPick}
        />
      )}
    </div>
  );
}

export function numberOf(item: ItemView, key: string): number | null {
  const value = cellOf(item, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
