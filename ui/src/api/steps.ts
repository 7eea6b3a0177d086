// The nodes and edges of runs: plain maps with listeners per id, told once a frame; counts ten times a second.
import { useCallback, useSyncExternalStore } from 'react';
import type { Attention, Cursor, EdgeRun, NodeRun, Run } from './generated';

interface Steps {
  nodes: Map<string, NodeRun>;
  edges: Map<string, EdgeRun>;
  attention: Map<string, Attention>;
  /** Number of the event that last wrote an entry, so that an older picture does not overwrite it. */
  seen: Map<string, number>;
  whole: boolean;
  version: string | null;
}

type Listener = () => void;

/** Counts are shown this many milliseconds apart. */
const COUNT_PAUSE = 100;

const runs = new Map<string, Steps>();
const listeners = new Map<string, Set<Listener>>();
let now = new Set<string>();
let soon = new Set<string>();
let frame: number | null = null;
let lastCounts = 0;

const nodeKey = (run: string, node: string) => `n ${run} ${node}`;
const edgeKey = (run: string, edge: string) => `e ${run} ${edge}`;
const runKey = (run: string) => `r ${run}`;

function stepsOf(run: string): Steps {
  let steps = runs.get(run);
  if (!steps) {
    steps = { nodes: new Map(), edges: new Map(), attention: new Map(), seen: new Map(), whole: false, version: null };
    runs.set(run, steps);
  }
  return steps;
}

/** Ends the wait for a frame; tests call it instead of waiting. */
export function tellSteps(time = performance.now()) {
  if (frame !== null) cancelFrame(frame);
  frame = null;
  const keys = now;
  now = new Set();
  if (time - lastCounts >= COUNT_PAUSE) {
    lastCounts = time;
    for (const key of soon) keys.add(key);
    soon = new Set();
  }
  for (const key of keys) if (key.startsWith('r ')) lists.delete(key.slice(2));
  for (const key of keys) for (const listener of listeners.get(key) ?? []) listener();
  if (soon.size > 0) wait();
}

// A hidden window has no frames; its screens must be right all the same when it is shown again.
const hidden = () => typeof document !== 'undefined' && document.hidden;
const cancelFrame = (id: number) => (id < 0 ? clearTimeout(-id) : cancelAnimationFrame(id));
function wait() {
  frame ??= hidden() ? -Number(setTimeout(tellSteps, COUNT_PAUSE)) : requestAnimationFrame(tellSteps);
}

function dirty(key: string, run: string, count: boolean) {
  (count ? soon : now).add(key);
  (count ? soon : now).add(runKey(run));
  wait();
}

const number = (at: Cursor | null) => (at === null ? 0 : Number(at.seq));

export function putNode(run: string, node: NodeRun, at: Cursor | null) {
  const steps = stepsOf(run);
  const before = steps.nodes.get(node.node);
  steps.nodes.set(node.node, node);
  steps.seen.set(nodeKey(run, node.node), number(at));
  dirty(nodeKey(run, node.node), run, before !== undefined && before.status === node.status && node.status === 'running');
}

export function putEdge(run: string, edge: string, state: EdgeRun, at: Cursor | null) {
  const steps = stepsOf(run);
  const before = steps.edges.get(edge);
  steps.edges.set(edge, state);
  steps.seen.set(edgeKey(run, edge), number(at));
  dirty(edgeKey(run, edge), run, before !== undefined && before.state === state.state);
}

export function putProgress(run: string, node: string, done: number, of: number) {
  const steps = stepsOf(run);
  const before = steps.nodes.get(node);
  if (before === undefined || before.status !== 'running') return;
  steps.nodes.set(node, { ...before, progress: [done, of] });
  dirty(nodeKey(run, node), run, true);
}

export function putAttention(run: string, attention: Attention) {
  stepsOf(run).attention.set(attention.step, attention);
  dirty(nodeKey(run, attention.node), run, false);
}

/** A run's whole picture; entries that newer events wrote stay. */
export function putRun(run: Run) {
  const id = run.summary.id;
  const steps = stepsOf(id);
  const at = number(run.at);
  const newer = (key: string) => (steps.seen.get(key) ?? -1) > at;
  for (const node of run.nodes) if (!newer(nodeKey(id, node.node))) steps.nodes.set(node.node, node);
  for (const [edge, state] of Object.entries(run.edges)) if (!newer(edgeKey(id, edge))) steps.edges.set(edge, state);
  steps.attention = new Map(run.decisions.map((d) => [d.step, d]));
  steps.whole = true;
  steps.version = run.version;
  for (const node of steps.nodes.keys()) now.add(nodeKey(id, node));
  for (const edge of steps.edges.keys()) now.add(edgeKey(id, edge));
  now.add(runKey(id));
  wait();
}

export const isWhole = (run: string) => runs.get(run)?.whole === true;
/** After a reset nothing that was kept may be trusted. */
export function forgetSteps() {
  for (const run of runs.keys()) now.add(runKey(run));
  runs.clear();
  lists.clear();
  wait();
}

function listen(key: string, listener: Listener): () => void {
  let set = listeners.get(key);
  if (!set) {
    set = new Set();
    listeners.set(key, set);
  }
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size === 0) listeners.delete(key);
  };
}

/** A node's part of a run. */
export const nodeRun = (run: string, node: string): NodeRun | undefined => runs.get(run)?.nodes.get(node);
/** The flow version a run runs, once its picture was read. */
export const runVersion = (run: string): string | null => runs.get(run)?.version ?? null;
/** What travelled an edge in a run. */
export const edgeRun = (run: string, edge: string): EdgeRun | undefined => runs.get(run)?.edges.get(edge);
/** All nodes of a run that were told. */
export const nodeRuns = (run: string): NodeRun[] => [...(runs.get(run)?.nodes.values() ?? [])];
/** What waits for a person in a run. */
export const attentions = (run: string): Attention[] => [...(runs.get(run)?.attention.values() ?? [])];
/** Calls back when a node's part of a run changed: at most once a frame, counts at most ten times a second. */
export const onNodeRun = (run: string, node: string, listener: Listener) => listen(nodeKey(run, node), listener);
export const onEdgeRun = (run: string, edge: string, listener: Listener) => listen(edgeKey(run, edge), listener);
/** Calls back when anything of a run changed. */
export const onRun = (run: string, listener: Listener) => listen(runKey(run), listener);

const never = () => () => {};

/** A node's part of a run, for screens that may render when it changes. */
export function useNodeRun(run: string | null | undefined, node: string | null | undefined): NodeRun | undefined {
  const subscribe = useCallback((f: Listener) => (run && node ? onNodeRun(run, node, f) : never()), [run, node]);
  return useSyncExternalStore(subscribe, () => (run && node ? nodeRun(run, node) : undefined));
}

const lists = new Map<string, NodeRun[]>();

/** All nodes of a run, for the run strip. */
export function useNodeRuns(run: string | null | undefined): NodeRun[] {
  const subscribe = useCallback((f: Listener) => (run ? onRun(run, f) : never()), [run]);
  return useSyncExternalStore(subscribe, () => {
    if (!run) return NO_NODES;
    let list = lists.get(run);
    if (list === undefined) {
      list = nodeRuns(run);
      lists.set(run, list);
    }
    return list;
  });
}
const NO_NODES: NodeRun[] = [];
