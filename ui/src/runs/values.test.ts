import { describe, expect, it } from 'vitest';
import type { ItemView, NodeRun } from '../api';
import { pathOf } from './Drawer';
import { textOf } from './JsonText';
import { barsOf, LANES } from './lanes';
import { matching, sorted } from './rows';
import { labelsOf, sharedScales, splitsOf } from './scales';
import { arithmetic } from './TracePane';
import { rowsBelow } from './Tree';
import { countsOf } from './tracing';
import { portOf, seriesOf } from './ViewContent';
import { bytes, cellOf, cellText, columnsOf, compareCells, placeWords, spreadOf } from './values';

const item = (json: unknown, more: Partial<ItemView> = {}): ItemView => ({
  json,
  blobs: {},
  from: null,
  problem: null,
  step: 's',
  ...more,
});
const column = (items: ItemView[], key: string) => columnsOf(items).find((one) => one.key === key)!;

describe('columns of a table', () => {
  it('come in the order of their first appearance, with one kind each', () => {
    const items = [
      item({ day: '2014-03-01', rain: 0, dry: true }),
      item({ day: '2014-03-02', rain: 10.5, tags: ['a'], deep: { a: 1 } }),
    ];
    expect(columnsOf(items).map(({ key, kind }) => [key, kind])).toEqual([
      ['day', 'time'],
      ['rain', 'number'],
      ['dry', 'boolean'],
      ['tags', 'list'],
      ['deep', 'object'],
    ]);
  });

  it('are mixed where values differ, and text where only some are dates', () => {
    expect(column([item({ a: 1 }), item({ a: 'x' })], 'a').kind).toBe('mixed');
    expect(column([item({ a: '2014-03-01' }), item({ a: 'later' })], 'a').kind).toBe('text');
    expect(column([item({ a: null }), item({ a: 5 })], 'a').kind).toBe('number');
  });

  it('holds items that are no objects in one column, and files beside their item', () => {
    const blobs = { scan: { hash: 'h', size: 12_300, media_type: 'image/png', file_name: 'scan.png' } };
    const items = [item(5), item('x', { blobs })];
    const columns = columnsOf(items);
    expect(columns.map((one) => one.name)).toEqual(['value', 'scan']);
    expect(cellOf(items[1]!, columns[1]!.key)).toBe('scan.png, 12 kB');
    expect(cellOf(items[0]!, columns[1]!.key)).toBeUndefined();
  });

  it('never takes a member from the prototype', () => {
    expect(cellOf(item({ a: 1 }), 'constructor')).toBeUndefined();
    expect(columnsOf([item(JSON.parse('{"__proto__": 1}'))])[0]?.key).toBe('__proto__');
  });

  it('are no more than a person can look at', () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, i]));
    expect(columnsOf([item(wide)])).toHaveLength(100);
  });
});

describe('cells', () => {
  const number = (decimals: number) => ({ kind: 'number' as const, decimals });

  it('align the decimals of their column', () => {
    const items = [item({ a: 240 }), item({ a: 96.3 }), item({ a: 1.25 })];
    const a = column(items, 'a');
    expect(items.map((one) => cellText(cellOf(one, 'a'), a))).toEqual(['240.00', '96.30', '1.25']);
  });

  it('round long fractions of a column alike, and no small ones away', () => {
    const items = [item({ a: 12.906451612903224 }), item({ a: 105.69999999999999 }), item({ a: 240 })];
    const a = column(items, 'a');
    expect(items.map((one) => cellText(cellOf(one, 'a'), a))).toEqual(['12.906', '105.700', '240.000']);
    expect(column([item({ a: 105.69999999999999 })], 'a').decimals).toBe(1);
    expect(cellText(0.000123456789, number(3))).toBe('0.000123456789');
  });

  it('write very large numbers as they are', () => {
    expect(cellText(1e21, number(0))).toBe('1e+21');
    expect(cellText(2013, number(0))).toBe('2013');
  });

  it('tell missing, null and empty apart', () => {
    expect([undefined, null, ''].map((value) => cellText(value, { kind: 'text', decimals: 0 }))).toEqual(['·', 'null', '']);
  });

  it('sort numbers by size, what is missing last in both directions', () => {
    const items = [item({ a: 10 }), item({}), item({ a: 9 }), item({ a: null }), item({ a: -1 })];
    expect(sorted(items, { key: 'a', down: false })).toEqual([4, 2, 0, 1, 3]);
    expect(sorted(items, { key: 'a', down: true })).toEqual([0, 2, 4, 1, 3]);
    expect(compareCells('b', 'a')).toBe(1);
  });

  it('are found by their text and by their problem', () => {
    const problem = { code: 'x', message: 'key exists', help: '', node: null, field: null, item: 1, details: null };
    const items = [item({ a: 'Rain' }), item({ a: 2 }, { problem })];
    expect(matching(items, 'rAIN')).toEqual([0]);
    expect(matching(items, 'key')).toEqual([1]);
  });
});

it('sums up a column in its head', () => {
  expect(spreadOf(['a', 'b', 'a', undefined], 'text').different).toBe(2);
  const { bins, max } = spreadOf([0, 1, 2, 10, undefined], 'number');
  expect(bins).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
  expect(max).toBe(10);
  expect(spreadOf([3, 3], 'number').bins).toBeUndefined();
});

it('says sizes and places in words', () => {
  expect([999, 2100, 48_219, 3_400_000].map(bytes)).toEqual(['999 B', '2.1 kB', '48 kB', '3.4 MB']);
  expect(placeWords([14])).toBe('item 15');
  expect(placeWords([790, 791, 792])).toBe('items 791–793');
  expect(placeWords([0, 5, 9])).toBe('3 items');
  expect(placeWords([], true)).toBe('none');
  expect(placeWords([1], false)).toBe('not known');
});

it('names a value as an expression would', () => {
  expect(pathOf('by_month', 'out', 14, 'month')).toBe('nodes.by_month.items[14].month');
  expect(pathOf('split', 'big', 0, "it's")).toBe("nodes.split.ports.big[0]['it\\'s']");
  expect(pathOf('a', null, 2)).toBe('nodes.a.items[2]');
  expect(pathOf('a', null, null, 'month')).toBe('item.month');
  expect(pathOf('a', 'out', null, 'month')).toBe('nodes.a.item.month');
});

describe('the run strip', () => {
  const node = (id: string, spans: [number, number | null][]): NodeRun => ({
    node: id,
    status: 'finished',
    steps: spans.length,
    items_in: 0,
    items_out: [],
    started_at: null,
    finished_at: null,
    progress: null,
    problem: null,
    warnings: [],
    attempt: 1,
    spans: spans.map(([from, to], i) => ({ step: `${id}${i}`, from, to, status: 'finished' })),
  });

  it('puts steps that overlap into lanes of their own', () => {
    const bars = barsOf([node('a', [[0, 50]]), node('b', [[10, 60]]), node('c', [[55, 100]])], 0, 100);
    expect(bars.map((bar) => [bar.node, bar.lane])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ]);
    expect(bars[1]).toMatchObject({ from: 0.1, width: 0.5, ms: 50 });
  });

  it('never needs a fourth lane, and ends what goes on at the right edge', () => {
    const bars = barsOf(
      ['a', 'b', 'c', 'd', 'e'].map((id) => node(id, [[0, null]])),
      0,
      10,
    );
    expect(Math.max(...bars.map((bar) => bar.lane))).toBe(LANES - 1);
    expect(bars.every((bar) => bar.width === 1)).toBe(true);
  });
});

describe('scales', () => {
  it('share their grid lines', () => {
    const [left, right] = sharedScales([284.5, 0, 12], [8, 28.4]);
    expect(splitsOf(left)).toEqual([0, 100, 200, 300]);
    expect(splitsOf(right)).toEqual([0, 10, 20, 30]);
  });

  it('share zero where one goes below', () => {
    const [left, right] = sharedScales([-5, 10], [0, 100]);
    expect(splitsOf(left)).toHaveLength(splitsOf(right).length);
    expect(splitsOf(left).indexOf(0)).toBe(splitsOf(right).indexOf(0));
  });

  it('stand where there is nothing, and where numbers are tiny or vast', () => {
    expect(splitsOf(sharedScales([], [null])[0]).length).toBeGreaterThan(1);
    for (const value of [1e-9, 7e15]) {
      const [scale] = sharedScales([value], []);
      expect(scale.max).toBeGreaterThanOrEqual(value);
      expect(splitsOf(scale).length).toBeLessThan(8);
    }
  });

  it('name the years of a row of months', () => {
    const months = ['2013-11', '2013-12', '2014-01', '2014-02', '2015-01'];
    expect(labelsOf(months, 3)).toEqual([
      { at: 0, text: '2013' },
      { at: 2, text: '2014' },
      { at: 4, text: '2015' },
    ]);
    expect(labelsOf(['a', 'b', 'c', 'd'], 2).map((one) => one.text)).toEqual(['a', 'c']);
  });
});

it('reads what a view shows, and leaves out what is no series', () => {
  expect(portOf('clean.out')).toEqual({ node: 'clean', port: 'out' });
  expect(portOf('clean')).toEqual({ node: 'clean', port: null });
  expect(portOf(undefined)).toBeNull();
  expect(seriesOf([{ field: 'rain', as: 'line', axis: 'right' }, { as: 'bars' }, 5])).toEqual([
    { field: 'rain', as: 'line', name: 'rain', axis: 'right' },
  ]);
});

it('opens a tree only where it was opened', () => {
  const value = { a: 1, b: { c: [true] } };
  expect(rowsBelow(value, '0', 1, new Set()).map((row) => row.path)).toEqual(['0/a', '0/b']);
  expect(rowsBelow(value, '0', 1, new Set(['0/b', '0/b/c'])).map((row) => [row.path, row.depth])).toEqual([
    ['0/a', 1],
    ['0/b', 1],
    ['0/b/c', 2],
    ['0/b/c/0', 3],
  ]);
});

it('writes items as JSON that can be read back', () => {
  const items = [item({ a: [1] }), item('x')];
  expect(JSON.parse(textOf(items).text)).toEqual([{ a: [1] }, 'x']);
  expect(textOf([])).toEqual({ text: '[]', shown: 0 });
  expect(textOf([item('y'.repeat(900_000)), item('z'.repeat(900_000))]).shown).toBe(1);
});

it('finds the arithmetic that leads to a value', () => {
  const days = [item({ precipitation: 0.5 }), item({ precipitation: 19.1 }), item({ precipitation: 10.7 })];
  const columns = columnsOf(days);
  expect(arithmetic(item({ rain_mm: 30.3 }), days, columns)).toEqual({ words: 'sum of', field: 'precipitation', value: '30.3' });
  expect(arithmetic(item({ wettest: 19.1 }), days, columns)?.words).toBe('highest');
  expect(arithmetic(item({ other: 4 }), days, columns)).toBeNull();
});

it('counts a way node by node', () => {
  const hop = (node: string, items: number[]) => ({ node, port: 'out', items, known: true });
  expect(countsOf([hop('a', [1, 2]), hop('b', [0]), hop('a', [3])])).toEqual({ a: 3, b: 1 });
});
