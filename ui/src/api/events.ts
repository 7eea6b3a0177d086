// Events of the backend, written into what is kept. The only writer.
import { call, host } from './call';
import { applyChanges } from './change';
import type { Cursor, Event, Flow, FlowSummary, Happened, Run, RunSummary } from './generated';
import { type Kept, useKept } from './kept';
import { forgetSteps, isWhole, putAttention, putEdge, putNode, putProgress, putRun } from './steps';

const set = useKept.setState;
const get = useKept.getState;

let at: Cursor | null = null;
let listAsked = false;
let listStale = false;
let listComing = false;
const opening = new Map<string, Promise<Flow>>();
const missed = new Map<string, Happened[]>();
const asking = new Map<string, Promise<Run>>();

/** Begins to listen, and reads what every screen needs. Gives the function that ends it. */
export async function connect(): Promise<() => void> {
  const line = await host();
  const [workspace, { types }] = await Promise.all([call('workspace_get', {}), call('node_list', {})]);
  set({ workspace, types, typeById: Object.fromEntries(types.map((t) => [t.id, t])) });
  return line.events(
    () => at,
    take,
    (is) => set({ line: is === 'closed' ? 'closed' : is ? 'away' : 'open' }),
  );
}

/** One event, into the store. */
export function take(event: Event) {
  if (event.at !== null) at = event.at;
  const what = event.what;
  switch (what.type) {
    case 'flow_changed':
    case 'flow_state':
      flowEvent(what);
      break;
    case 'flows_changed':
      listStale = true;
      if (listAsked) void loadList();
      break;
    case 'run_changed':
      putSummary(what.run);
      break;
    case 'node_run_changed':
      putNode(what.run, what.node, event.at);
      break;
    case 'edge_run_changed':
      putEdge(what.run, what.edge, what.state, event.at);
      break;
    case 'attention_needed':
      putAttention(what.run, what.attention);
      break;
    case 'progress':
      putProgress(what.run, what.node, what.done, what.of);
      break;
    case 'reset':
      void reset();
      break;
  }
}

type FlowEvent = Extract<Happened, { type: 'flow_changed' | 'flow_state' }>;

function flowEvent(what: FlowEvent) {
  const waiting = missed.get(what.flow);
  if (waiting) {
    waiting.push(what);
    return;
  }
  const flow = get().flows[what.flow];
  if (flow === undefined) return;
  const next = flowAfter(flow, what);
  if (next === 'gap') void readFlow(what.flow);
  else if (next !== flow) set((s) => ({ flows: { ...s.flows, [flow.id]: next } }));
}

/** The flow after an event; `gap` where changes are missing between. */
export function flowAfter(flow: Flow, what: FlowEvent): Flow | 'gap' {
  if (what.type === 'flow_state') {
    const { findings, undo, redo, in_use, read_only, permissions, pinned, version } = what;
    return { ...flow, findings, undo, redo, in_use, read_only, permissions, pinned, version };
  }
  if (what.rev <= flow.rev) return flow;
  if (what.rev > flow.rev + 1) return 'gap';
  return { ...applyChanges(flow, what.changes), rev: what.rev };
}

function putSummary(run: RunSummary) {
  set((s) => {
    const known = s.runs[s.latest[run.flow] ?? ''];
    const newest = known === undefined || known.id === run.id || run.number >= known.number;
    const list = s.list?.map((f): FlowSummary => (f.id === run.flow && newest ? { ...f, last_run: run } : f)) ?? null;
    const next: Partial<Kept> = { runs: { ...s.runs, [run.id]: run }, list };
    if (newest) next.latest = { ...s.latest, [run.flow]: run.id };
    return next;
  });
}

/** Runs that a list told, for screens that page through them. */
export function putSummaries(runs: RunSummary[]) {
  for (const run of runs) putSummary(run);
}

/** Opens a flow and keeps it true from then on. */
export function openFlow(id: string): Promise<Flow> {
  const flow = get().flows[id];
  return flow ? Promise.resolve(flow) : readFlow(id);
}

function readFlow(id: string): Promise<Flow> {
  const known = opening.get(id);
  if (known) return known;
  missed.set(id, []);
  const coming = call('flow_open', { flow: id })
    .then((flow) => keepFlow(flow))
    .finally(() => {
      opening.delete(id);
      missed.delete(id);
    });
  opening.set(id, coming);
  return coming;
}

/** A flow as a call gave it; events that came while it travelled are applied on top. */
export function keepFlow(flow: Flow): Flow {
  let now = flow;
  for (const what of missed.get(flow.id) ?? []) {
    const next = flowAfter(now, what as FlowEvent);
    if (next !== 'gap') now = next;
  }
  missed.delete(flow.id);
  set((s) => ({ flows: { ...s.flows, [now.id]: now } }));
  void latestOf(now.id);
  return now;
}

async function latestOf(flow: string) {
  if (get().latest[flow]) return;
  const { runs } = await call('run_list', { flow, page: { limit: 1 } }).catch(() => ({ runs: [] }));
  putSummaries(runs);
}

/** A flow that no tab shows any more. */
export function closeFlow(id: string) {
  set((s) => {
    const { [id]: _, ...flows } = s.flows;
    return { flows };
  });
}

/** Reads the flow list, and keeps it fresh from then on. */
export async function loadList(): Promise<void> {
  listAsked = true;
  if (listComing) return;
  listComing = true;
  try {
    do {
      listStale = false;
      const list: FlowSummary[] = [];
      let after: string | null = null;
      do {
        const page: { flows: FlowSummary[]; next: string | null } = await call('flow_list', { after, limit: 1000 });
        list.push(...page.flows);
        after = page.next;
      } while (after !== null);
      set({ list });
      for (const f of list) if (f.last_run) putSummary(f.last_run);
    } while (listStale);
  } finally {
    listComing = false;
  }
}

/** Reads a run's steps unless they are kept; events keep them true. */
export function loadRun(id: string): Promise<Run | null> {
  if (isWhole(id)) return Promise.resolve(null);
  const known = asking.get(id);
  if (known) return known;
  const coming = call('run_get', { run: id })
    .then((run) => {
      putRun(run);
      if (get().runs[id] === undefined) putSummary(run.summary);
      return run;
    })
    .finally(() => asking.delete(id));
  asking.set(id, coming);
  return coming;
}

/** The stream does not reach back to where we were: everything anew. */
async function reset() {
  const { flows, runs } = get();
  forgetSteps();
  set({ runs: {}, latest: {} });
  const open = Object.keys(flows);
  const shown = Object.keys(runs);
  await Promise.allSettled(open.map(readFlow));
  if (listAsked) await loadList().catch(() => {});
  const latest = new Set(Object.values(get().latest));
  await Promise.allSettled(shown.filter((id) => latest.has(id)).map(loadRun));
}

/** Resolves when the screen has the flow as it was after this edit, or two seconds later. */
export function settled(flow: string, rev: number): Promise<void> {
  const there = () => (get().flows[flow]?.rev ?? Number.POSITIVE_INFINITY) >= rev;
  if (there()) return Promise.resolve();
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      done();
    };
    const timer = setTimeout(end, 2000);
    const stop = useKept.subscribe(() => there() && end());
  });
}
