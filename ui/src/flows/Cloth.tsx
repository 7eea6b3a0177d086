// The cloth of runs: a row per flow, a column per day of the last four weeks.
import { useEffect, useMemo, useState } from 'react';
import { call, type FlowSummary, type RunSummary } from '../api';
import { count, type Dye, dyeOf } from '../kit';
import classes from './flows.module.css';

export const DAYS = 28;
const ROWS = 5;
const DAY = 86_400_000;
const MOST_RUNS = 1000;
const STEP = 12;

/** What a day of a flow was: nothing, runs, or a stop. */
export type Stitch = 'none' | 'ran' | 'stopped';

export interface ClothRow {
  flow: string;
  days: Stitch[];
}

/** Rows of the flows that ran most, with what each of the last days was. */
export function clothOf(runs: readonly RunSummary[], now: number): ClothRow[] {
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  const rows = new Map<string, { days: Stitch[]; n: number }>();
  for (const run of runs) {
    const at = new Date(run.started_at ?? run.created_at);
    at.setHours(0, 0, 0, 0);
    const back = Math.round((today.getTime() - at.getTime()) / DAY);
    if (back < 0 || back >= DAYS) continue;
    const row = rows.get(run.flow) ?? { days: new Array<Stitch>(DAYS).fill('none'), n: 0 };
    const day = DAYS - 1 - back;
    row.n += 1;
    if (run.status === 'failed') row.days[day] = 'stopped';
    else if (row.days[day] === 'none') row.days[day] = 'ran';
    rows.set(run.flow, row);
  }
  return [...rows]
    .sort((a, b) => b[1].n - a[1].n)
    .slice(0, ROWS)
    .map(([flow, { days }]) => ({ flow, days }));
}

export function Cloth({ flows }: { flows: readonly FlowSummary[] }) {
  const [runs, setRuns] = useState<readonly RunSummary[]>([]);
  const newest = flows.reduce((most, flow) => Math.max(most, flow.last_run?.number ?? 0), 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer run is another stitch.
  useEffect(() => {
    let here = true;
    call('run_list', { page: { limit: MOST_RUNS } }).then(
      (list) => here && setRuns(list.runs),
      // The cloth is a picture beside the list: without it the list says the same.
      () => {},
    );
    return () => {
      here = false;
    };
  }, [newest]);
  const now = Date.now();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the days are those of when the runs were read.
  const rows = useMemo(() => clothOf(runs, now), [runs]);
  if (rows.length === 0) return null;
  const stopped = runs.filter((run) => run.status === 'failed').length;
  const done = runs.filter((run) => run.status === 'finished').length;
  const nameOf = (id: string) => flows.find((flow) => flow.id === id)?.name ?? id;
  const first = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(now - (DAYS - 1) * DAY);
  return (
    <figure className={classes.cloth}>
      <figcaption>
        <strong>Runs of four weeks</strong>
        <span>
          {count(done)} done{stopped > 0 && `, ${count(stopped)} stopped`}
        </span>
      </figcaption>
      <svg width={DAYS * STEP} height={rows.length * STEP} aria-hidden>
        {rows.map((row, y) =>
          row.days.map((day, x) => (
            <Mark
              key={`${row.flow} ${x}`}
              day={day}
              x={x * STEP + STEP / 2}
              y={y * STEP + STEP / 2}
              dye={dyeOfFlow(flows, row.flow)}
            />
          )),
        )}
      </svg>
      <div className={classes.days}>
        <span>{first}</span>
        <span>today</span>
      </div>
      <table className="hidden-words">
        <caption>Runs of four weeks</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.flow}>
              <th scope="row">{nameOf(row.flow)}</th>
              <td>
                {row.days.filter((day) => day !== 'none').length} days with runs,{' '}
                {row.days.filter((day) => day === 'stopped').length} with a stop
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** The dye of most of a flow's nodes. */
function dyeOfFlow(flows: readonly FlowSummary[], id: string): Dye {
  const groups = flows.find((flow) => flow.id === id)?.drawing.map(([, , group]) => group) ?? [];
  const counts = new Map<string, number>();
  for (const group of groups) if (group !== 'trigger') counts.set(group, (counts.get(group) ?? 0) + 1);
  return dyeOf([...counts].sort((a, b) => b[1] - a[1])[0]?.[0]);
}

function Mark({ day, x, y, dye }: { day: Stitch; x: number; y: number; dye: Dye }) {
  if (day === 'none') return <path className={classes.bare} d={`M${x} ${y - 3.5}v7`} />;
  if (day === 'stopped') return <path className={classes.cross} d={`M${x - 2.5} ${y - 2.5}l5 5m0 -5l-5 5`} />;
  return <path className={`${dye} ${classes.stitch}`} d={`M${x - 3.5} ${y}h7`} />;
}
