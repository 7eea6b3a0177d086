import { expect, it } from 'vitest';
import { tidy } from './tidy';
import { walk } from './walk';

const sized = (ids: string) => [...ids].map((id) => ({ id, w: 172, h: 79 }));
const edges = (text: string) => text.split(' ').map((e) => ({ from: e[0]!, to: e[1]! }));

it('puts what follows to the right, columns at least 64 apart, nothing on anything', () => {
  const places = tidy(sized('abcdef'), edges('ab bc bd ce df'), { x: 16, y: 24 });
  for (const e of edges('ab bc bd ce df')) expect(places.get(e.to)![0]).toBeGreaterThanOrEqual(places.get(e.from)![0] + 172 + 64);
  const all = [...places.values()];
  for (const [i, p] of all.entries())
    for (const q of all.slice(i + 1)) expect(Math.abs(p[0] - q[0]) >= 172 || Math.abs(p[1] - q[1]) >= 79).toBe(true);
  expect(Math.min(...all.map((p) => p[0]))).toBe(16);
  expect(Math.min(...all.map((p) => p[1]))).toBe(24);
  expect(all.every(([x, y]) => x % 8 === 0 && y % 8 === 0)).toBe(true);
});

it('keeps a chain on one level', () => {
  const places = tidy(sized('abcd'), edges('ab bc cd'));
  expect(new Set([...places.values()].map((p) => p[1])).size).toBe(1);
});

it('bears loops', () => {
  expect(tidy(sized('abc'), edges('ab bc ca aa')).size).toBe(3);
});

it('walks along threads and to siblings', () => {
  const at = { a: [0, 0], b: [240, 0], c: [240, 120] } as Record<string, [number, number]>;
  const nodes = Object.entries(at).map(([id, [x, y]]) => ({ id, x, y, w: 172, h: 79 }));
  const es = edges('ab ac').map((e) => ({ id: `${e.from}${e.to}`, ...e, from_port: 'out', to_port: 'in', note: null }));
  expect(walk(nodes, es, null, 'right')).toBe('a');
  expect(walk(nodes, es, 'a', 'right')).toBe('b');
  expect(walk(nodes, es, 'b', 'down')).toBe('c');
  expect(walk(nodes, es, 'c', 'left')).toBe('a');
  expect(walk(nodes, es, 'b', 'right')).toBeNull();
});
