import { describe, expect, it } from 'vitest';
import type { FlowSummary, NodeTypeView, RunSummary } from '../api';
import { clothOf, DAYS } from './Cloth';
import { fitted } from './Drawing';
import { looksLikeFlow, offers } from './EmptyFlow';
import { rowsOf } from './FlowSide';
import { foldersOf, stateOf, summaryWords } from './state';

const run = (more: Partial<RunSummary>): RunSummary => ({
  id: 'r',
  number: 1,
  flow: 'a',
  status: 'finished',
  trigger: 'manual',
  mode: { part: 'all' },
  created_at: 0,
  started_at: null,
  finished_at: null,
  problem: null,
  queued: null,
  ...more,
});
const flow = (id: string, more: Partial<FlowSummary> = {}): FlowSummary => ({
  id,
  name: id,
  description: null,
  nodes: 1,
  in_use: false,
  edited_at: 0,
  edited_by: 'mira',
  last_run: null,
  drawing: [],
  broken: null,
  ...more,
});

it('says first what is wrong, then what runs, then what is in use', () => {
  expect(stateOf(flow('a'))).toBeNull();
  expect(stateOf(flow('a', { in_use: true }))?.words).toBe('in use');
  expect(stateOf(flow('a', { in_use: true, last_run: run({ status: 'failed' }) }))?.words).toBe('stopped');
  expect(stateOf(flow('a', { last_run: run({ status: 'running' }), broken: 'Line 3.' }))?.words).toBe('cannot be read');
});

it('knows the folders flows lie in', () => {
  expect(foldersOf([flow('a'), flow('team/b'), flow('team/deep/c')])).toEqual(['team', 'team/deep']);
});

it('sums up the workspace', () => {
  expect(summaryWords([])).toBe('No flows yet.');
  expect(summaryWords([flow('a', { in_use: true, last_run: run({ status: 'running' }) }), flow('b')])).toBe(
    '2 flows. 1 in use. 1 runs now.',
  );
});

describe('the small drawing', () => {
  it('stays inside its picture', () => {
    const places = fitted([
      [0, 0, 'trigger'],
      [5000, 300, 'data'],
      [-200, -9000, 'net'],
    ]);
    for (const { x, y } of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(92);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(52);
    }
  });

  it('puts one node in the middle', () => expect(fitted([[700, 700, 'data']])).toEqual([{ x: 46, y: 26, group: 'data' }]));
});

it('weaves a row per flow and a stitch per day', () => {
  const now = new Date(2026, 10, 21, 15).getTime();
  const day = 86_400_000;
  const rows = clothOf(
    [
      run({ created_at: now }),
      run({ created_at: now - day, status: 'failed' }),
      run({ created_at: now - day }),
      run({ created_at: now - 40 * day }),
      run({ flow: 'b', created_at: now - 27 * day }),
    ],
    now,
  );
  expect(rows.map((row) => row.flow)).toEqual(['a', 'b']);
  expect(rows[0]?.days).toHaveLength(DAYS);
  expect(rows[0]?.days.slice(-2)).toEqual(['stopped', 'ran']);
  expect(rows[1]?.days[0]).toBe('ran');
});

describe('an empty flow', () => {
  const type = (id: string, title: string, trigger: boolean, keywords: string[] = []): NodeTypeView => ({
    id,
    title,
    summary: '',
    group: '',
    keywords,
    inputs: [],
    outputs: [],
    icon: '',
    schema: {},
    card: [],
    trigger,
    effect: 'pure',
  });
  const types = [
    type('data.filter', 'Filter', false),
    type('trigger.manual', 'Manual', true),
    type('trigger.webhook', 'Webhook', true, ['http']),
  ];

  it('offers starts, and what else fits the words', () => {
    expect(offers(types, '').map((t) => t.id)).toEqual(['trigger.manual', 'trigger.webhook']);
    expect(offers(types, 'press run').map((t) => t.id)).toEqual(['trigger.manual']);
    expect(offers(types, 'HTTP').map((t) => t.id)).toEqual(['trigger.webhook']);
    expect(offers(types, 'filt').map((t) => t.id)).toEqual(['data.filter']);
  });

  it('takes a part of a flow from the clipboard, but no other text', () => {
    expect(looksLikeFlow('weft: 1\nnodes:\n  a:\n    type: x')).toBe(true);
    expect(looksLikeFlow('nodes:\n  a: {}')).toBe(true);
    expect(looksLikeFlow('every day at nodes')).toBe(false);
  });
});

it('lays flows out as a tree, folders first, closed ones as one row', () => {
  const flows = [flow('b'), flow('a'), flow('team/x'), flow('team/deep/y')];
  const read = (closed: string[]) =>
    rowsOf(flows, new Set(closed)).map((row) =>
      row.kind === 'folder' ? `${row.depth} ${row.path}/ ${row.flows}` : `${row.depth} ${row.flow.id}`,
    );
  expect(read([])).toEqual(['0 team/ 2', '1 team/deep/ 1', '2 team/deep/y', '1 team/x', '0 a', '0 b']);
  expect(read(['team'])).toEqual(['0 team/ 2', '0 a', '0 b']);
});
