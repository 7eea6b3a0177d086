// The status bar: left facts about safety, right facts about the flow.
import { useState } from 'react';
import { type RunStatus, useFlow, useKept, useLatestRun, useNodeRuns } from '../api';
import { count, Icon } from '../kit';
import { select, useScreen, useSelection, useShownRun } from './screen';

export function StatusBar() {
  const workspace = useKept((s) => s.workspace);
  const line = useKept((s) => s.line);
  const active = useScreen((s) => (s.place === 'flow' ? s.active : null));
  return (
    <footer className="status" data-region="status">
      <span title={workspace?.path}>
        <Icon name="machine" size={12} />
        On this machine
      </span>
      {line === 'away' ? (
        <span className="warnc" role="status">
          <Icon name="alert" size={12} />
          Not connected, trying again
        </span>
      ) : line === 'closed' ? (
        <span className="warnc" role="status">
          <Icon name="alert" size={12} />
          This page needs a new link: weft serve --link
        </span>
      ) : workspace?.read_only ? (
        <span className="warnc" title={workspace.read_only}>
          <Icon name="eye" size={12} />
          Open to read only
        </span>
      ) : (
        <span>
          <Icon name="check" size={12} />
          All changes kept
        </span>
      )}
      {active !== null && <Stopped flow={active} />}
      {active !== null && <RunSaid key={active} flow={active} />}
      <span className="sp" />
      {active !== null && <FlowFacts flow={active} />}
    </footer>
  );
}

const SAID: Record<RunStatus, string> = {
  queued: 'waits its turn',
  running: 'started',
  waiting: 'waits',
  finished: 'done',
  failed: 'stopped',
  cancelled: 'cancelled',
};

/** Says to screen readers what became of a run: started, stopped, done; never counts. */
function RunSaid({ flow }: { flow: string }) {
  const run = useLatestRun(flow);
  const [first] = useState(() => `${run?.id} ${run?.status}`);
  const said =
    run && `${run.id} ${run.status}` !== first ? `Run ${run.number} ${SAID[run.status]}. ${run.problem?.message ?? ''}` : '';
  return (
    <span className="hidden-words" role="status">
      {said}
    </span>
  );
}

/** Steps of the shown run that stopped; a press goes to the first. */
function Stopped({ flow }: { flow: string }) {
  const run = useShownRun(flow);
  const stopped = useNodeRuns(run).filter((n) => n.status === 'failed');
  const first = stopped[0];
  if (!first) return null;
  return (
    <button type="button" className="errc" title={first.problem?.message} onClick={() => select(flow, [first.node])}>
      <Icon name="stopped" size={12} />
      {count(stopped.length)} {stopped.length === 1 ? 'step' : 'steps'} stopped
    </button>
  );
}

const GUARANTEE: Record<string, string> = { step: 'effectively once', run: 'at least once', none: 'not kept' };

function FlowFacts({ flow }: { flow: string }) {
  const doc = useFlow(flow);
  const chosen = useSelection(flow).length;
  if (!doc) return null;
  const nodes = doc.nodes.length;
  if (nodes === 0) return <span>No nodes yet</span>;
  const durability = typeof doc.settings.durability === 'string' ? doc.settings.durability : 'step';
  const bad = doc.findings.filter((f) => f.severity !== 'info');
  const next = () => {
    const at = bad.find((f) => f.node !== null)?.node;
    if (at) select(flow, [at]);
  };
  return (
    <>
      {doc.read_only && (
        <span className="warnc" title={doc.read_only}>
          {doc.read_only}
        </span>
      )}
      {bad.length === 0 ? (
        <span>No findings</span>
      ) : (
        <button
          type="button"
          className={bad.some((f) => f.severity === 'error') ? 'errc' : 'warnc'}
          onClick={next}
          title={bad[0]?.message}
        >
          <Icon name="alert" size={12} />
          {count(bad.length)} {bad.length === 1 ? 'finding' : 'findings'}
        </button>
      )}
      <span>
        {count(nodes)} {nodes === 1 ? 'node' : 'nodes'}
        {chosen > 0 && `, ${count(chosen)} selected`}
      </span>
      <span>{GUARANTEE[durability] ?? durability}</span>
    </>
  );
}
