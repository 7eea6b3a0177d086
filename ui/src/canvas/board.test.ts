import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Flow, NodeRun, NodeTypeView } from '../api';
import { Board } from './board';
import { isCard } from './drawn';
import { FOOT_H, HEAD_H, PORT_Y, ROW_H } from './geometry';

// What a run said of nodes, as the client would have kept it.
const steps = vi.hoisted(() => new Map<string, NodeRun>());
vi.mock('../api', async (original) => ({
  ...(await original<object>()),
  nodeRun: (_run: string, id: string) => steps.get(id),
  nodeRuns: () => [...steps.values()],
}));

const type = (id: string, more: Partial<NodeTypeView> = {}): NodeTypeView => ({
  id,
  title: id,
  summary: '',
  group: id.split('.')[0]!,
  keywords: [],
  inputs: [{ name: 'in', label: '', shape: 'item' }],
  outputs: [{ name: 'out', label: '', shape: 'item' }],
  icon: '',
  schema: {},
  card: ['{path}'],
  trigger: false,
  effect: 'pure',
  ...more,
});
const types: Record<string, NodeTypeView> = Object.fromEntries(
  [
    type('trigger.manual', { trigger: true, inputs: [], outputs: [{ name: 'out', label: '', shape: 'signal' }] }),
    type('data.set'),
    type('logic.if', {
      outputs: [
        { name: 'true', label: '', shape: 'item' },
        { name: 'false', label: '', shape: 'item' },
      ],
    }),
  ].map((t) => [t.id, t]),
);
const node = (id: string, kind: string, options = {}) => ({ id, type: kind, name: id, options, settings: { path: 'a.csv' } });
const edge = (from: string, to: string, port = 'out') => ({
  id: `${from}.${port} -> ${to}.in`,
  from,
  from_port: port,
  to,
  to_port: 'in',
  note: null,
});
const flow: Flow = {
  id: 'f',
  rev: 1,
  version: 'v',
  settings: {},
  nodes: [
    node('start', 'trigger.manual'),
    node('a', 'data.set'),
    node('fork', 'logic.if', { on_error: 'port' }),
    node('odd', 'gone.away'),
  ],
  edges: [edge('start', 'a'), edge('a', 'fork'), edge('fork', 'odd', 'true'), edge('fork', 'lost', 'false')],
  blocks: [
    { id: 'frame', type: 'frame', fields: { members: ['a'] } },
    { id: 'view', type: 'view', fields: { of: 'a.out' } },
  ],
  layout: { start: [0, 0], a: [108, 0], fork: [344, 0], odd: [580, 200], frame: [92, -36, 204, 150], view: [100, 200, 372, 256] },
  findings: [],
  read_only: null,
  in_use: false,
  undo: null,
  redo: null,
  permissions: [],
  pinned: [],
};

let board: Board;
const shown = () => Object.fromEntries(board.nodes().map((n) => [n.id, n]));

beforeEach(() => {
  steps.clear();
  board = new Board('f');
  board.setFlow(flow, types);
  board.see({ x: -200, y: -200, w: 1400, h: 900 }, 1);
});

describe('the board', () => {
  it('gives React Flow boxes with their sizes, so that nothing is measured', () => {
    expect(Object.keys(shown()).sort()).toEqual(['a', 'fork', 'frame', 'odd', 'start', 'view']);
    expect(shown().a).toMatchObject({ width: 172, height: HEAD_H, measured: { width: 172, height: HEAD_H } });
    expect(shown().fork?.height).toBe(HEAD_H + 3 * ROW_H);
  });

  it('draws what it does not know, with the ports that threads name', () => {
    const odd = board.card('odd');
    expect(odd?.inputs.map((p) => p.name)).toEqual(['in']);
    expect(odd?.sub).toContain('gone.away');
    expect(board.drawn.edges.map((e) => e.to)).not.toContain('lost');
  });

  it('lets a port take the dye and shape of what arrives', () => {
    expect(board.card('a')?.inputs[0]).toMatchObject({ shape: 'signal', dye: 'weld', y: PORT_Y });
    expect(board.card('fork')?.outputs.map((p) => p.name)).toEqual(['true', 'false', 'error']);
  });

  it('keeps the same object for what did not change', () => {
    const before = shown();
    board.setFlow({ ...flow, rev: 2, layout: { ...flow.layout, a: [108, 40] } }, types);
    const after = shown();
    expect(after.a).not.toBe(before.a);
    expect(after.a?.data).toBe(before.a?.data);
    for (const id of ['start', 'fork', 'odd', 'view']) expect(after[id]).toBe(before[id]);
  });

  it('holds what is dragged until the document says the same', () => {
    board.hold(new Map([['a', { x: 108, y: 80 }]]));
    expect(shown().a?.position).toEqual({ x: 108, y: 80 });
    expect(board.router.routes.get('start.out -> a.in')?.points.at(-1)).toEqual([108, 80 + PORT_Y]);
    board.setFlow({ ...flow, rev: 2, findings: [] }, types);
    expect(shown().a?.position).toEqual({ x: 108, y: 80 });
    board.letGo(['a']);
    expect(shown().a?.position).toEqual({ x: 108, y: 0 });
  });

  it('gives a card its foot when the run says something of it', () => {
    const step = { node: 'a', status: 'finished', items_out: [], spans: [] } as unknown as NodeRun;
    board.setRun('r1');
    expect(shown().a?.height).toBe(HEAD_H);
    steps.set('a', step);
    board.sizes();
    expect(shown().a?.height).toBe(HEAD_H + FOOT_H);
    board.setRun(null);
    expect(shown().a?.height).toBe(HEAD_H);
  });

  it('says a new object only for boxes whose selection changed', () => {
    const before = shown();
    board.setSelection(['a']);
    expect(shown().a?.selected).toBe(true);
    expect(shown().fork).toBe(before.fork);
  });

  it('knows views by the node they show', () => {
    expect(board.drawn.links).toEqual([{ view: 'view', of: 'a' }]);
    expect(board.card('a')?.viewed).toBe(true);
    const frame = board.drawn.frames[0]!;
    expect(isCard(frame.view)).toBe(false);
  });
});
