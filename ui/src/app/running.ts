// Starting and stopping runs of a flow.
import { call, loadRun, putSummaries, type RunMode, useKept } from '../api';
import { items, notice, problem } from '../kit';
import { isLive, showRun } from './screen';

/** Starts a run and shows it. */
export async function startRun(flow: string, mode: RunMode = { part: 'all' }) {
  try {
    const run = await call('run_start', { flow, mode });
    putSummaries([run]);
    showRun(flow, null);
    if (run.queued !== null && run.queued > 0)
      notice(
        `Run ${run.number} waits for ${run.queued === 1 ? 'the run before it' : `${items(run.queued).replace('item', 'run')} before it`}.`,
      );
    await loadRun(run.id);
  } catch (error) {
    problem(error);
  }
}

/** Stops the live run of a flow. */
export async function stopRun(flow: string) {
  const { runs, latest } = useKept.getState();
  const run = runs[latest[flow] ?? ''];
  if (run === undefined || !isLive(run)) return;
  await call('run_cancel', { run: run.id }).catch(problem);
}
