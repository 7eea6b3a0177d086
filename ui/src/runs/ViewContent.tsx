// What a view block shows: the last output of a port, as a table or a chart.
import { useMemo, useRef } from 'react';
import { type Json as Any, type Block, useFlow, useNodeRun, useRunSummary } from '../api';
import { isLive, useScreen, useShownRun } from '../app';
import { count, isObject, type Json } from '../kit';
import { numberOf } from './ChartView';
import { type Items, useItems } from './items';
import { Legend, Plot, type PlotSeries } from './Plot';
import classes from './runs.module.css';
import { type Column, cellOf, cellText, columnsOf } from './values';

const MOST_ROWS = 50;

/** The node and port of `clean.out`; a port that is not named is the first. */
export function portOf(of: unknown): { node: string; port: string | null } | null {
  if (typeof of !== 'string' || of === '') return null;
  const dot = of.indexOf('.');
  return dot < 0 ? { node: of, port: null } : { node: of.slice(0, dot), port: of.slice(dot + 1) || null };
}

interface SeriesField {
  field: string;
  as: 'bars' | 'line';
  name: string;
  axis: 'left' | 'right';
}

/** The series of a chart as the document has them; what is no series is left out. */
export function seriesOf(value: Any): SeriesField[] {
  if (!Array.isArray(value)) return [];
  return (value as Json[]).flatMap((one) => {
    if (!isObject(one) || typeof one.field !== 'string' || one.field === '') return [];
    return [
      {
        field: one.field,
        as: one.as === 'line' ? ('line' as const) : ('bars' as const),
        name: typeof one.name === 'string' && one.name !== '' ? one.name : one.field,
        axis: one.axis === 'right' ? ('right' as const) : ('left' as const),
      },
    ];
  });
}

export function ViewContent({ flow, block }: { flow: string; block: Block }) {
  const title = typeof block.fields.title === 'string' ? block.fields.title : '';
  return (
    <div className={classes.view}>
      {title !== '' && <h3 className={`${classes.viewhead} cut`}>{title}</h3>}
      <div className={classes.viewbody}>
        <Body flow={flow} block={block} />
      </div>
    </div>
  );
}

function Body({ flow, block }: { flow: string; block: Block }) {
  const doc = useFlow(flow);
  const run = useShownRun(flow);
  const of = useMemo(() => portOf(block.fields.of), [block.fields.of]);
  const step = useNodeRun(run, of?.node);
  const port = of?.port ?? step?.items_out[0]?.port ?? null;
  const counted = step?.items_out.find((one) => one.port === port)?.items ?? 0;
  const live = isLive(useRunSummary(run));
  const fresh = useMemo(
    () => (run !== null && of !== null && counted > 0 ? { run, node: of.node, side: 'out' as const, port } : null),
    [run, of, port, counted],
  );
  // Until a run that goes on has come here, the output before it is the last one.
  const last = useRef<{ source: typeof fresh; counted: number }>({ source: null, counted: 0 });
  if (fresh) last.current = { source: fresh, counted };
  const before = live && last.current.source?.node === of?.node ? last.current : null;
  const source = fresh ?? before?.source ?? null;
  const items = useItems(source, fresh ? counted : (before?.counted ?? 0));
  const columns = useMemo(() => columnsOf(items.first), [items.first]);

  if (of === null) return <p className={classes.say}>Choose in the inspector what this view shows.</p>;
  const node = doc?.nodes.find((one) => one.id === of.node);
  if (!node) return <p className={classes.say}>The node it shows is gone.</p>;
  if (items.problem) return <p className={classes.say}>{items.problem.message}</p>;
  if (source === null) return <p className={classes.say}>{node.name} has given nothing yet.</p>;
  return block.fields.show === 'chart' ? (
    <Chart flow={flow} block={block} node={of.node} items={items} columns={columns} />
  ) : (
    <Rows items={items} columns={columns} />
  );
}

type ChartProps = { flow: string; block: Block; node: string; items: Items; columns: Column[] };

function Chart({ flow, block, node, items, columns }: ChartProps) {
  const traced = useScreen((s) => (s.trace?.flow === flow ? s.trace : null));
  const { x, series: fields } = block.fields;
  const chosen = useMemo(() => {
    const named = seriesOf(fields);
    const number = columns.find((c) => c.kind === 'number');
    return named.length > 0 || !number
      ? named
      : [{ field: number.key, as: 'bars' as const, name: number.name, axis: 'left' as const }];
  }, [fields, columns]);
  const along = columns.find((c) => c.key === x) ?? columns.find((c) => c.kind === 'time' || c.kind === 'text');
  const labels = useMemo(
    () => items.first.map((item, i) => (along ? cellText(cellOf(item, along.key), along) : String(i + 1))),
    [items.first, along],
  );
  const series = useMemo(
    () => chosen.map((one): PlotSeries => ({ ...one, values: items.first.map((item) => numberOf(item, one.field)) })),
    [chosen, items.first],
  );
  if (series.length === 0) return <p className={classes.say}>There are no numbers to draw.</p>;
  const title = typeof block.fields.title === 'string' ? block.fields.title : 'Chart';
  const lit = traced?.chosen?.node === node ? traced.chosen.item : null;
  return (
    <div className={classes.chart}>
      <Legend series={series} />
      <Plot x={labels} series={series} lit={lit} label={`${title}: ${series.map((one) => one.name).join(', ')}`} />
    </div>
  );
}

function Rows({ items, columns }: { items: Items; columns: Column[] }) {
  const rows = items.first.slice(0, MOST_ROWS);
  return (
    <div className={classes.view}>
      <div className={`${classes.rows} nowheel`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} data-number={column.kind === 'number'}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((item, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column.key} data-number={column.kind === 'number'}>
                    {cellText(cellOf(item, column.key), column)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {items.total > rows.length && (
        <span
          className="t11 i3"
          style={{ padding: '4px 10px' }}
        >{`The first ${count(rows.length)} of ${count(items.total)}`}</span>
      )}
    </div>
  );
}
