import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeRun, Run } from './generated';
import {
  edgeRun,
  forgetSteps,
  isWhole,
  nodeRun,
  onNodeRun,
  onRun,
  putEdge,
  putNode,
  putProgress,
  putRun,
  runVersion,
  tellSteps,
} from './steps';

const step = (node: string, more: Partial<NodeRun> = {}): NodeRun => ({
  node,
  status: 'running',
  steps: 1,
  items_in: 0,
  items_out: [],
  started_at: 0,
  finished_at: null,
  progress: null,
  problem: null,
  warnings: [],
  attempt: 1,
  spans: [],
  ...more,
});
const at = (seq: number) => ({ epoch: 'e', seq: String(seq) });
const picture = (id: string, nodes: NodeRun[], seq: number): Run => ({
  summary: {
    id,
    number: 1,
    flow: 'f',
    status: 'running',
    trigger: 'manual',
    mode: { part: 'all' },
    created_at: 0,
    started_at: 0,
    finished_at: null,
    problem: null,
    queued: null,
  },
  version: 'v1',
  nodes,
  edges: {},
  decisions: [],
  at: at(seq),
});
let clock = 10_000;
const frame = (ms = 16) => {
  clock += ms;
  tellSteps(clock);
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', () => 1);
  vi.stubGlobal('cancelAnimationFrame', () => {});
  forgetSteps();
  frame(1000);
});

describe('steps of runs', () => {
  it('tells the listeners of a node once a frame, and nobody else', () => {
    const [a, b] = [vi.fn(), vi.fn()];
    const stop = onNodeRun('r', 'a', a);
    onNodeRun('r', 'b', b);
    putNode('r', step('a', { status: 'queued' }), at(1));
    putNode('r', step('a', { status: 'running' }), at(2));
    expect(a).not.toHaveBeenCalled();
    frame();
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).not.toHaveBeenCalled();
    expect(nodeRun('r', 'a')?.status).toBe('running');
    stop();
    putNode('r', step('a', { status: 'finished' }), at(3));
    frame();
    expect(a).toHaveBeenCalledTimes(1);
  });

  it('shows counts ten times a second, states at once', () => {
    const heard = vi.fn();
    onNodeRun('r', 'n', heard);
    putNode('r', step('n'), at(1));
    frame(200);
    heard.mockClear();
    for (let i = 1; i <= 12; i++) {
      putProgress('r', 'n', i, 100);
      frame(16);
    }
    expect(heard.mock.calls.length).toBeGreaterThanOrEqual(1);
    expect(heard.mock.calls.length).toBeLessThanOrEqual(2);
    expect(nodeRun('r', 'n')?.progress).toEqual([12, 100]);
    heard.mockClear();
    putNode('r', step('n', { status: 'finished' }), at(2));
    frame(1);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('forgets no count that was held back', () => {
    const heard = vi.fn();
    onNodeRun('r', 'n', heard);
    putNode('r', step('n'), at(1));
    frame(200);
    putProgress('r', 'n', 5, 9);
    frame(1);
    heard.mockClear();
    frame(150);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('ignores progress of what does not run', () => {
    putNode('r', step('n', { status: 'finished' }), at(1));
    putProgress('r', 'n', 5, 9);
    expect(nodeRun('r', 'n')?.progress).toBeNull();
  });

  it('lets an older picture not overwrite what newer events wrote', () => {
    putNode('r', step('a', { status: 'finished' }), at(9));
    putEdge('r', 'a.out -> b.in', { items: 3, state: 'delivered' }, at(9));
    putRun({ ...picture('r', [step('a'), step('b')], 5), edges: { 'a.out -> b.in': { items: 1, state: 'open' } } });
    expect(nodeRun('r', 'a')?.status).toBe('finished');
    expect(nodeRun('r', 'b')?.status).toBe('running');
    expect(edgeRun('r', 'a.out -> b.in')).toEqual({ items: 3, state: 'delivered' });
    expect(isWhole('r')).toBe(true);
    expect(runVersion('r')).toBe('v1');
    putRun(picture('r', [step('a', { status: 'failed' })], 12));
    expect(nodeRun('r', 'a')?.status).toBe('failed');
  });

  it('forgets everything after a reset, and says so', () => {
    const heard = vi.fn();
    putNode('r', step('a'), at(1));
    frame(200);
    onRun('r', heard);
    forgetSteps();
    frame();
    expect(heard).toHaveBeenCalled();
    expect(nodeRun('r', 'a')).toBeUndefined();
  });
});
