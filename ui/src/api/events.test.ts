import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Transport, useTransport } from './call';
import { connect, loadList, loadRun, openFlow, settled, take } from './events';
import type { Cursor, Event, Flow, Happened, RunSummary } from './generated';
import { useKept } from './kept';
import { nodeRun } from './steps';

const flow = (rev: number, name = 'Orders'): Flow => ({
  id: 'orders',
  rev,
  version: `v${rev}`,
  settings: { name },
  nodes: [],
  edges: [],
  blocks: [],
  layout: {},
  findings: [],
  read_only: null,
  in_use: false,
  undo: null,
  redo: null,
  permissions: [],
  pinned: [],
});
const run = (number: number, status: RunSummary['status'] = 'running'): RunSummary => ({
  id: `run-${number}`,
  number,
  flow: 'orders',
  status,
  trigger: 'manual',
  mode: { part: 'all' },
  created_at: number,
  started_at: null,
  finished_at: null,
  problem: null,
  queued: null,
});
const changed = (rev: number, name: string): Happened => ({
  type: 'flow_changed',
  flow: 'orders',
  rev,
  author: 'x',
  client: null,
  changes: [{ entity: 'flow', id: '', field: 'name', before: null, after: name }],
});

let answers: Record<string, (params: never) => unknown>;
let asked: string[];
let told: (event: Event) => void;
let since: () => Cursor | null;
let seq = 0;
const say = (what: Happened) => take({ at: { epoch: 'e', seq: String(++seq) }, what });

beforeEach(async () => {
  asked = [];
  answers = {
    workspace_get: () => ({ name: 'W', path: '/w' }),
    node_list: () => ({ types: [{ id: 'data.set' }] }),
    flow_open: () => flow(4),
    flow_list: () => ({ flows: [], next: null }),
    run_list: () => ({ runs: [run(1, 'finished')], next: null }),
    run_get: () => ({
      summary: run(1, 'finished'),
      version: 'v',
      nodes: [{ node: 'a', status: 'finished' }],
      edges: {},
      decisions: [],
      at: { epoch: 'e', seq: '0' },
    }),
  };
  const line: Transport = {
    call: async (name, params) => {
      asked.push(name);
      return answers[name]!(params as never);
    },
    events: (from, hear, away) => {
      since = from;
      told = hear;
      away(false);
      return () => {};
    },
  };
  useTransport(line);
  useKept.setState({ flows: {}, runs: {}, latest: {}, list: null });
  await connect();
});

describe('what the backend said', () => {
  it('is read at the start, and the line is open', () => {
    expect(useKept.getState()).toMatchObject({
      line: 'open',
      workspace: { name: 'W' },
      typeById: { 'data.set': { id: 'data.set' } },
    });
  });

  it('remembers where the stream is, for the next connection', () => {
    told({ at: { epoch: 'e', seq: '41' }, what: { type: 'flows_changed' } });
    told({ at: null, what: { type: 'progress', run: 'r', node: 'n', done: 1, of: 2 } });
    expect(since()).toEqual({ epoch: 'e', seq: '41' });
  });

  it('keeps an open flow true', async () => {
    await openFlow('orders');
    say(changed(5, 'Sales'));
    expect(useKept.getState().flows.orders).toMatchObject({ rev: 5, settings: { name: 'Sales' } });
    say(changed(5, 'old news'));
    expect(useKept.getState().flows.orders?.settings.name).toBe('Sales');
  });

  it('reads a flow anew where changes are missing', async () => {
    await openFlow('orders');
    answers.flow_open = () => flow(9, 'Fresh');
    say(changed(9, 'ninth'));
    await vi.waitFor(() => expect(useKept.getState().flows.orders).toMatchObject({ rev: 9, settings: { name: 'Fresh' } }));
  });

  it('misses no change that came while the flow travelled', async () => {
    let arrive: (f: Flow) => void = () => {};
    answers.flow_open = () => new Promise<Flow>((done) => (arrive = done));
    const opening = openFlow('orders');
    await vi.waitFor(() => expect(asked).toContain('flow_open'));
    say(changed(5, 'meanwhile'));
    arrive(flow(4));
    expect((await opening).settings.name).toBe('meanwhile');
  });

  it('asks once where two ask at the same time', async () => {
    await Promise.all([openFlow('orders'), openFlow('orders')]);
    expect(asked.filter((n) => n === 'flow_open')).toHaveLength(1);
  });

  it('knows the newest run of a flow', async () => {
    await openFlow('orders');
    await vi.waitFor(() => expect(useKept.getState().latest.orders).toBe('run-1'));
    say({ type: 'run_changed', run: run(3) });
    say({ type: 'run_changed', run: run(2, 'finished') });
    expect(useKept.getState().latest.orders).toBe('run-3');
    expect(useKept.getState().runs['run-2']?.status).toBe('finished');
  });

  it('reads a run once', async () => {
    await Promise.all([loadRun('run-1'), loadRun('run-1')]);
    await loadRun('run-1');
    expect(asked.filter((n) => n === 'run_get')).toHaveLength(1);
    expect(nodeRun('run-1', 'a')?.status).toBe('finished');
  });

  it('reads everything that is open again after a reset', async () => {
    await openFlow('orders');
    await loadList();
    asked = [];
    answers.flow_open = () => flow(20, 'After');
    say({ type: 'reset' });
    await vi.waitFor(() => expect(asked).toContain('flow_list'));
    expect(useKept.getState().flows.orders).toMatchObject({ rev: 20 });
  });

  it('waits until an edit is on the screen', async () => {
    await openFlow('orders');
    let there = false;
    const waiting = settled('orders', 5).then(() => {
      there = true;
    });
    await Promise.resolve();
    expect(there).toBe(false);
    say(changed(5, 'x'));
    await waiting;
    expect(there).toBe(true);
  });

  it('pages through the flow list', async () => {
    const pages: Record<string, unknown> = {
      none: { flows: [{ id: 'a', last_run: null }], next: 'p2' },
      p2: { flows: [{ id: 'b', last_run: null }], next: null },
    };
    answers.flow_list = ({ after }: { after: string | null }) => pages[after ?? 'none'];
    await loadList();
    expect(useKept.getState().list?.map((f) => f.id)).toEqual(['a', 'b']);
  });
});
