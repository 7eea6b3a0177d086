// The steps of a run on a time axis, packed into three lanes.
import type { NodeRun, StepStatus } from '../api';

export interface Bar {
  node: string;
  step: string;
  status: StepStatus;
  /** Shares of the axis, 0 to 1. */
  from: number;
  width: number;
  lane: number;
  ms: number;
}

export const LANES = 3;
const MOST = 400;

/** Bars of a run between its start and `end`; the first that is free takes a step, else the one that is free soonest. */
export function barsOf(nodes: readonly NodeRun[], start: number, end: number): Bar[] {
  const span = Math.max(1, end - start);
  const steps = nodes
    .flatMap((node) => node.spans.map((one) => ({ node: node.node, ...one })))
    .sort((a, b) => a.from - b.from)
    .slice(0, MOST);
  const free = new Array<number>(LANES).fill(Number.NEGATIVE_INFINITY);
  return steps.map((step) => {
    const to = step.to ?? end;
    let lane = free.findIndex((until) => until <= step.from);
    if (lane < 0) lane = free.indexOf(Math.min(...free));
    free[lane] = Math.max(to, free[lane] ?? to);
    return {
      node: step.node,
      step: step.step,
      status: step.status,
      from: Math.min(1, Math.max(0, (step.from - start) / span)),
      width: Math.max(0, Math.min(1, (to - step.from) / span)),
      lane,
      ms: to - step.from,
    };
  });
}
