// The run strip: which run is shown, how it went, and the way to the others.
import { Popover } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { type RunSummary, useKept, useNodeRuns, useRunSummary } from '../api';
import { isLive, openDrawer, select, showRun, useScreen, useShownRun } from '../app';
import { Button, count, dyeOf, IconButton, span } from '../kit';
import { barsOf } from './lanes';
import { runWords, StatusMark } from './marks';
import { usePastRuns } from './pastRuns';
import { RunList } from './RunList';
import classes from './runs.module.css';

export function RunStrip({ flow }: { flow: string }) {
  const run = useRunSummary(useShownRun(flow));
  const open = useScreen((s) => s.drawerOpen);
  const past = useScreen((s) => s.pastRun[flow]);
  const runs = usePastRuns(flow);
  const now = useClock(isLive(run));
  const [listed, setListed] = useState(false);
  if (!run) return null;

  const at = runs.ids.indexOf(run.id);
  const newer = at > 0 ? runs.ids[at - 1] : undefined;
  const older = at >= 0 ? runs.ids[at + 1] : undefined;
  const show = (id: string | undefined) => id !== undefined && showRun(flow, id === runs.ids[0] ? null : id);
  const showOlder = async () => show(older ?? (await runs.readOn())[0]);

  return (
    <div className={classes.strip} data-open={open}>
      <span className={classes.which}>
        <StatusMark status={run.status} />
        <strong>Run {count(run.number)}</strong>
      </span>
      <span className="t12 i3 nw">{runWords(run, now)}</span>
      <Flame flow={flow} run={run} now={now} />
      {past !== undefined && (
        <Button small onClick={() => showRun(flow, null)}>
          Newest run
        </Button>
      )}
      <span className="row">
        <IconButton
          icon="left"
          label="Run before"
          box={24}
          size={14}
          disabled={older === undefined && !runs.more}
          onClick={() => void showOlder()}
        />
        <IconButton icon="right" label="Next run" box={24} size={14} disabled={newer === undefined} onClick={() => show(newer)} />
        <Popover
          opened={listed}
          onChange={setListed}
          position="top-end"
          shadow="md"
          radius="lg"
          trapFocus
          returnFocus
          transitionProps={{ duration: 90 }}
        >
          <Popover.Target>
            <IconButton icon="history" label="All runs" box={24} size={14} on={listed} onClick={() => setListed(!listed)} />
          </Popover.Target>
          <Popover.Dropdown p={5}>
            <RunList
              runs={runs}
              shown={run.id}
              now={now}
              choose={(id) => {
                setListed(false);
                show(id);
              }}
            />
          </Popover.Dropdown>
        </Popover>
        <IconButton
          icon={open ? 'close' : 'larger'}
          label={open ? 'Close the data drawer' : 'Open the data drawer'}
          keys="v"
          box={24}
          size={14}
          onClick={() => openDrawer(!open)}
        />
      </span>
    </div>
  );
}

/** Bars of the steps in their dyes; a bar selects its node. */
function Flame({ flow, run, now }: { flow: string; run: RunSummary; now: number }) {
  const nodes = useNodeRuns(run.id);
  const doc = useKept((s) => s.flows[flow]);
  const typeById = useKept((s) => s.typeById);
  const start = run.started_at ?? run.created_at;
  const end = isLive(run)
    ? now
    : Math.max(run.finished_at ?? start, ...nodes.flatMap((node) => node.spans.map((one) => one.to ?? one.from)));
  const bars = useMemo(() => barsOf(nodes, start, end), [nodes, start, end]);
  const named = new Map(doc?.nodes.map((node) => [node.id, node]));
  return (
    <div className={classes.flame} role="img" aria-label={`${count(nodes.length)} nodes over ${span(end - start)}`}>
      {bars.map((bar) => {
        const node = named.get(bar.node);
        return (
          <i
            key={`${bar.node} ${bar.step}`}
            className={dyeOf(typeById[node?.type ?? '']?.group)}
            data-status={bar.status}
            title={`${node?.name ?? bar.node}, ${span(bar.ms)}`}
            style={{ left: `${bar.from * 100}%`, width: `${bar.width * 100}%`, top: 8 + bar.lane * 7 }}
            onClick={() => node && select(flow, [node.id])}
          />
        );
      })}
    </div>
  );
}

/** The time, ten times a second while something runs. */
function useClock(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
