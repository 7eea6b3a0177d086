// Where a chosen item comes from: the chain of nodes, and the items at one of them.
import { useEffect, useMemo, useState } from 'react';
import { type ItemView, type LineageHop, useKept } from '../api';
import { select, showTrace, type Trace } from '../app';
import { IconButton, isObject, type Json, Tile } from '../kit';
import { type Items, useItems } from './items';
import classes from './runs.module.css';
import { Table } from './Table';
import { type Column, cellOf, cellText, columnsOf, placeWords } from './values';

interface Props {
  flow: string;
  trace: Trace;
  /** The chosen item, once it is here. */
  item: ItemView | undefined;
}

const ALL = { order: null, all: null, cut: false, reading: false, problem: null };

export function TracePane({ flow, trace, item }: Props) {
  const doc = useKept((s) => s.flows[flow]);
  const typeById = useKept((s) => s.typeById);
  const hops = useMemo(() => chainOf(trace), [trace]);
  const [shown, setShown] = useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item begins at the step before it.
  useEffect(() => setShown(1), [trace.chosen?.node, trace.chosen?.item]);
  const hop = hops[Math.min(shown, hops.length - 1)];
  const nameOf = (id: string) => doc?.nodes.find((node) => node.id === id)?.name ?? id;
  return (
    <aside className={classes.trace} aria-label="Where it comes from">
      <div className={classes.tracehead}>
        <span className="grow cut">Where {titleOf(item, trace.chosen?.item ?? 0)} comes from</span>
        <IconButton icon="close" label="Close" box={24} size={14} onClick={() => showTrace(null)} />
      </div>
      <div className={classes.chain}>
        {hops.map((one, index) => {
          const node = doc?.nodes.find((other) => other.id === one.node);
          const type = typeById[node?.type ?? ''];
          return (
            <button
              key={`${one.node} ${one.port}`}
              type="button"
              className={classes.hop}
              aria-pressed={index === shown}
              onClick={() => setShown(index)}
              onDoubleClick={() => select(flow, [one.node])}
            >
              <Tile size="s" svg={type?.icon ?? ''} group={type?.group ?? ''} />
              <strong className="grow cut">{nameOf(one.node)}</strong>
              <time>{placeWords(one.items, one.known)}</time>
            </button>
          );
        })}
      </div>
      {hop && <Hop key={`${hop.node} ${hop.port}`} run={trace.run} hop={hop} name={nameOf(hop.node)} of={item} />}
    </aside>
  );
}

/** The chosen item itself, then the hops towards the trigger. */
function chainOf(trace: Trace): LineageHop[] {
  const hops = trace.hops ?? [];
  if (!trace.chosen || hops[0]?.node === trace.chosen.node) return hops;
  return [{ node: trace.chosen.node, port: trace.chosen.port ?? 'out', items: [trace.chosen.item], known: true }, ...hops];
}

/** What an item calls itself: its first text, else its place. */
function titleOf(item: ItemView | undefined, index: number): string {
  const json = item?.json as Json | undefined;
  const first = isObject(json) ? Object.values(json).find((value) => typeof value === 'string' && value !== '') : undefined;
  return typeof first === 'string' && first.length <= 40 ? first : placeWords([index]);
}

function Hop({ run, hop, name, of }: { run: string; hop: LineageHop; name: string; of: ItemView | undefined }) {
  const source = useMemo(() => ({ run, node: hop.node, side: 'out' as const, port: hop.port }), [run, hop.node, hop.port]);
  const items = useItems(source, (hop.items.at(-1) ?? -1) + 1);
  const here = useMemo(() => hop.items.flatMap((position) => items.at(position) ?? []), [hop.items, items]);
  const columns = useMemo(() => columnsOf(here), [here]);
  const whole = here.length === hop.items.length ? here : null;
  const sum = useMemo(() => (whole && whole.length > 1 ? arithmetic(of, whole, columns) : null), [of, whole, columns]);
  if (!hop.known) return <p className={classes.say}>{name} cannot say which of its items it was.</p>;
  if (hop.items.length === 0) return <p className={classes.say}>It begins here.</p>;
  return (
    <>
      <div className={classes.sum}>
        <strong className="grow cut">
          {placeWords(hop.items)} of {name}
        </strong>
        {sum && (
          <span className="nw">
            {sum.words} <code className="mono">{sum.field}</code> = <strong>{sum.value}</strong>
          </span>
        )}
      </div>
      <div className={classes.content}>
        <Table
          columns={columns}
          total={hop.items.length}
          at={(index) => atPlace(items, hop.items, index)}
          whole={whole}
          arranged={ALL}
          sort={null}
          setSort={() => {}}
          traced={null}
          label={`Items of ${name}`}
          onChoose={() => {}}
          onWhole={() => {}}
          onMenu={() => {}}
          onLeave={() => {}}
        />
      </div>
    </>
  );
}

function atPlace(items: Items, places: readonly number[], index: number): ItemView | undefined {
  const place = places[index];
  return place === undefined ? undefined : items.at(place);
}

const SUMS: [string, (numbers: number[]) => number][] = [
  ['sum of', (n) => n.reduce((a, b) => a + b, 0)],
  ['mean of', (n) => n.reduce((a, b) => a + b, 0) / n.length],
  ['highest', (n) => Math.max(...n)],
  ['lowest', (n) => Math.min(...n)],
];

/** The arithmetic that leads from these items to a number of the chosen one, where there is one. */
export function arithmetic(
  item: ItemView | undefined,
  from: readonly ItemView[],
  columns: readonly Column[],
): { words: string; field: string; value: string } | null {
  const json = item?.json as Json | undefined;
  if (!isObject(json)) return null;
  const wanted = Object.entries(json).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] !== 0,
  );
  for (const [words, of] of SUMS) {
    for (const column of columns) {
      if (column.kind !== 'number') continue;
      const numbers = from.map((one) => cellOf(one, column.key)).filter((value): value is number => typeof value === 'number');
      if (numbers.length < 2) continue;
      const result = of(numbers);
      const found = wanted.find(([, value]) => Math.abs(value - result) < 1e-6 * Math.max(1, Math.abs(value)) + 5e-7);
      if (found) return { words, field: column.name, value: cellText(Number(result.toFixed(6)), column) };
    }
  }
  return null;
}
