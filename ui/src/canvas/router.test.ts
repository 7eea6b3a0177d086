import { describe, expect, it } from 'vitest';
import { type RoutedBox, type RoutedEdge, Router } from './router';
import { distance, hit, shape } from './shape';

const box = (id: string, x: number, y: number, w = 172, h = 79): RoutedBox => ({ id, x, y, w, h });
const edge = (from: string, to: string, fromY = 28, toY = 28): RoutedEdge => ({
  id: `${from} -> ${to}`,
  from,
  to,
  fromY,
  toY,
  net: `${from}.${fromY}`,
  sink: `${to}.${toY}`,
});

function routed(boxes: RoutedBox[], edges: RoutedEdge[]) {
  const router = new Router();
  router.set(boxes, edges);
  return router;
}
const points = (router: Router, id: string) => router.routes.get(id)?.points ?? [];

/** Uprights of different nets that lie on one another. */
function overlapping(router: Router, edges: RoutedEdge[]) {
  const uprights = edges.flatMap((e) => {
    const p = points(router, e.id);
    return p
      .slice(1)
      .flatMap(([x, y], i) => (p[i]![0] === x ? [{ net: e.net, x, a: Math.min(y, p[i]![1]), b: Math.max(y, p[i]![1]) }] : []));
  });
  return uprights.flatMap((p, i) =>
    uprights.slice(i + 1).filter((q) => q.net !== p.net && q.x === p.x && q.b > p.a && q.a < p.b),
  );
}

/** Routes that pass through a card that is not one of their ends. */
function cut(router: Router, boxes: RoutedBox[], edges: RoutedEdge[]) {
  return edges.filter((e) => {
    const p = points(router, e.id);
    return boxes.some(
      (b) =>
        b.id !== e.from &&
        b.id !== e.to &&
        p.some(([x, y], i) => {
          const before = p[i - 1];
          if (!before) return false;
          const [x0, x1] = [Math.min(x, before[0]), Math.max(x, before[0])];
          const [y0, y1] = [Math.min(y, before[1]), Math.max(y, before[1])];
          return x1 > b.x && x0 < b.x + b.w && y1 > b.y && y0 < b.y + b.h;
        }),
    );
  });
}

describe('the router', () => {
  it('draws a level thread as a straight line', () => {
    const router = routed([box('a', 0, 0), box('b', 236, 0)], [edge('a', 'b')]);
    expect(points(router, 'a -> b')).toEqual([
      [172, 28],
      [236, 28],
    ]);
  });

  it('goes level, upright, level, with the upright between the cards', () => {
    const router = routed([box('a', 0, 0), box('b', 236, 160)], [edge('a', 'b')]);
    const p = points(router, 'a -> b');
    expect(p).toHaveLength(4);
    expect(p[1]![0]).toBe(p[2]![0]);
    expect(p[1]![0] % 8).toBe(0);
    expect(p[1]![0]).toBeGreaterThan(172 + 15);
    expect(p[1]![0]).toBeLessThan(236 - 15);
  });

  it('goes backward below both cards', () => {
    const router = routed([box('a', 236, 0), box('b', 0, 0)], [edge('a', 'b')]);
    const p = points(router, 'a -> b');
    expect(p).toHaveLength(6);
    expect(Math.max(...p.map(([, y]) => y))).toBeGreaterThan(79);
    expect(p[1]![0]).toBeGreaterThan(236 + 172);
    expect(p[4]![0]).toBeLessThan(0);
  });

  it('goes around a card in the way', () => {
    const boxes = [box('a', 0, 0), box('wall', 236, 0), box('b', 472, 0)];
    const edges = [edge('a', 'b')];
    const router = routed(boxes, edges);
    expect(cut(router, boxes, edges)).toEqual([]);
    expect(points(router, 'a -> b').length).toBeGreaterThan(2);
  });

  it('keeps lanes of different ports apart, and lets one port share', () => {
    const left = Array.from({ length: 5 }, (_, i) => box(`s${i}`, 0, i * 104));
    const right = Array.from({ length: 5 }, (_, i) => box(`t${i}`, 252, i * 104));
    const edges = left.map((s, i) => edge(s.id, `t${(i * 3 + 1) % 5}`)).concat(edge('s0', 't4'));
    const router = routed([...left, ...right], edges);
    expect(overlapping(router, edges)).toEqual([]);
    expect(cut(router, [...left, ...right], edges)).toEqual([]);
  });

  it('routes only the threads of what moved, as if they had been there from the start', () => {
    const boxes = [box('a', 0, 0), box('b', 236, 0), box('c', 472, 0), box('d', 708, 200)];
    const edges = [edge('a', 'b'), edge('b', 'c'), edge('c', 'd')];
    const router = routed(boxes, edges);
    const before = router.routes.get('c -> d');
    const touched = router.move([box('a', 0, 160)]);
    expect([...touched]).toEqual(['a -> b']);
    expect(router.routes.get('c -> d')).toBe(before);
    expect(points(router, 'a -> b')[0]).toEqual([172, 188]);
    expect(points(router, 'a -> b').at(-1)).toEqual([236, 28]);
  });

  it('finds another way for a thread that a dropped card covers', () => {
    const boxes = [box('a', 0, 0), box('b', 600, 0), box('c', 300, 400)];
    const edges = [edge('a', 'b')];
    const router = routed(boxes, edges);
    const moved = [boxes[0]!, boxes[1]!, box('c', 300, 0)];
    router.move([moved[2]!]);
    expect([...router.uncover(['c'])]).toEqual(['a -> b']);
    expect(cut(router, moved, edges)).toEqual([]);
  });

  it('leaves no claim behind: moving there and back gives the same routes', () => {
    const boxes = [box('a', 0, 0), box('b', 236, 160), box('c', 236, 320), box('d', 0, 320)];
    const edges = [edge('a', 'b'), edge('a', 'c'), edge('d', 'b')];
    const router = routed(boxes, edges);
    const before = edges.map((e) => router.routes.get(e.id)!.d);
    for (let i = 0; i < 20; i++) router.move([box('a', i * 8, i * 16)]);
    router.move(boxes);
    expect(edges.map((e) => router.routes.get(e.id)!.d)).toEqual(before);
  });

  it('routes a thousand nodes without cutting a card', () => {
    const boxes: RoutedBox[] = [];
    const edges: RoutedEdge[] = [];
    for (let i = 0; i < 1000; i++) {
      boxes.push(box(`n${i}`, (i % 25) * 240, Math.floor(i / 25) * 120));
      if (i % 25 > 0) edges.push(edge(`n${i - 1}`, `n${i}`));
      if (i % 7 === 6 && i % 25 > 2 && i + 26 < 1000) edges.push(edge(`n${i - 2}`, `n${i + 25}`));
    }
    const router = routed(boxes, edges);
    expect(router.routes.size).toBe(edges.length);
    expect(cut(router, boxes, edges)).toEqual([]);
  });

  it('ignores threads whose ends are gone', () => {
    expect(routed([box('a', 0, 0)], [edge('a', 'b')]).routes.size).toBe(0);
  });
});

describe('a shape', () => {
  const s = shape([
    [0, 0],
    [40, 0],
    [40, 100],
    [80, 100],
  ]);

  it('has round corners and the length of its path', () => {
    expect(s.d).toBe('M0 0L30 0Q40 0 40 10L40 90Q40 100 50 100L80 100');
    expect(s.length).toBeCloseTo(180 - 8.6, 1);
    expect(s.box).toEqual([0, 0, 80, 100]);
  });

  it('is hit near its pieces only', () => {
    expect(distance(s, 44, 50)).toBe(4);
    expect(hit([['one', s]], 44, 50)).toBe('one');
    expect(hit([['one', s]], 60, 50)).toBeNull();
  });
});
