// A card's foot: mark, words, time. It writes its own text; React sees it only when the state changes.
import { memo, useCallback, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { type NodeRun, nodeRun, onNodeRun, runVersion, type StepStatus } from '../api';
import { count, Icon, type IconName, items, span } from '../kit';

const MARKS: Record<StepStatus, IconName> = {
  queued: 'ring',
  running: 'play',
  waiting: 'wait',
  needs_decision: 'wait',
  finished: 'check',
  pinned: 'check',
  failed: 'stopped',
  cancelled: 'cancelled',
  skipped: 'skip',
};

/** The state of a node in a run; renders only when the state itself changes. */
export function useStepStatus(run: string | null, node: string): StepStatus | null {
  const subscribe = useCallback((f: () => void) => (run === null ? () => {} : onNodeRun(run, node, f)), [run, node]);
  return useSyncExternalStore(subscribe, () => (run === null ? null : (nodeRun(run, node)?.status ?? null)));
}

const out = (step: NodeRun) => step.items_out.reduce((sum, p) => sum + p.items, 0);

/** What the foot says. */
export function footWords(step: NodeRun): string {
  switch (step.status) {
    case 'queued':
      return 'Queued';
    case 'running':
      if (step.progress) return `${count(step.progress[0])} of ${count(step.progress[1])}`;
      return out(step) > 0 ? `${items(out(step))} so far` : 'Running';
    case 'waiting':
      return 'Waits';
    case 'needs_decision':
      return 'Waits for you';
    case 'pinned':
      return `${items(out(step))}, pinned`;
    case 'failed':
      return typeof step.problem?.item === 'number' ? `Stopped at item ${count(step.problem.item + 1)}` : 'Stopped';
    case 'cancelled':
      return 'Cancelled';
    case 'skipped':
      return 'Not reached';
    default:
      return step.items_out.length === 0 ? 'Done' : items(out(step));
  }
}

function footTime(step: NodeRun): string {
  if (step.started_at === null || step.status === 'failed' || step.status === 'queued') return '';
  if (step.status === 'running') return span(Math.max(0, Date.now() - step.started_at));
  return step.finished_at === null ? '' : span(step.finished_at - step.started_at);
}

interface Props {
  run: string;
  node: string;
  status: StepStatus;
  /** The flow's version now: a foot of an older one says so. */
  version: string;
}

export const Foot = memo(function Foot({ run, node, status, version }: Props) {
  const text = useRef<HTMLSpanElement>(null);
  const time = useRef<HTMLSpanElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const write = () => {
      const step = nodeRun(run, node);
      if (!step || !text.current || !time.current) return;
      const ran = runVersion(run);
      const old = ran !== null && ran !== version && step.status === 'finished';
      put(text.current, old ? `${footWords(step)}, before the change` : footWords(step));
      put(time.current, old ? '' : footTime(step));
      text.current.parentElement?.classList.toggle('old', old);
      if (bar.current)
        bar.current.style.transform = `scaleX(${step.progress && step.progress[1] > 0 ? step.progress[0] / step.progress[1] : 1})`;
    };
    write();
    const stop = onNodeRun(run, node, write);
    const ticking = status === 'running' ? setInterval(write, 250) : undefined;
    return () => {
      stop();
      clearInterval(ticking);
    };
  }, [run, node, version, status]);
  return (
    <>
      {status === 'running' && <div className="bar" ref={bar} />}
      <div className="foot">
        <Icon name={MARKS[status]} size={12} />
        <span className="cut" ref={text}>
          {' '}
        </span>
        <span className="time" ref={time}>
          {' '}
        </span>
      </div>
    </>
  );
});

function put(element: HTMLElement, words: string) {
  const node = element.firstChild;
  if (node === null) element.append(words);
  else if (node.nodeValue !== words) node.nodeValue = words;
}
