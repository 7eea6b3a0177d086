// A route as an SVG path with round corners, and which route a point is on.
export type Corner = readonly [x: number, y: number];

export interface Shape {
  points: readonly Corner[];
  d: string;
  length: number;
  /** left, top, right, bottom */
  box: readonly [number, number, number, number];
}

const RADIUS = 10;

/** The path through these corners, rounded. */
export function shape(points: readonly Corner[]): Shape {
  const first = points[0] ?? [0, 0];
  let d = `M${first[0]} ${first[1]}`;
  let length = 0;
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  points.forEach(([x, y], i) => {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
    if (i === 0) return;
    const [px, py] = points[i - 1]!;
    const before = Math.abs(x - px) + Math.abs(y - py);
    length += before;
    const next = points[i + 1];
    if (next === undefined) {
      d += `L${x} ${y}`;
      return;
    }
    const [nx, ny] = next;
    const r = Math.min(RADIUS, before / 2, (Math.abs(nx - x) + Math.abs(ny - y)) / 2);
    d += `L${x - Math.sign(x - px) * r} ${y - Math.sign(y - py) * r}Q${x} ${y} ${x + Math.sign(nx - x) * r} ${y + Math.sign(ny - y) * r}`;
  });
  // A round corner is shorter than a sharp one by 0.43 of its radius.
  return { points, d, length: length - Math.max(0, points.length - 2) * 0.43 * RADIUS, box: [x0, y0, x1, y1] };
}

/** How far a point is from a route. */
export function distance(s: Shape, x: number, y: number): number {
  let best = Infinity;
  for (let i = 1; i < s.points.length; i++) {
    const [ax, ay] = s.points[i - 1]!;
    const [bx, by] = s.points[i]!;
    const dx = Math.max(Math.min(ax, bx) - x, 0, x - Math.max(ax, bx));
    const dy = Math.max(Math.min(ay, by) - y, 0, y - Math.max(ay, by));
    best = Math.min(best, Math.hypot(dx, dy));
  }
  return best;
}

/** The nearest route within reach of a point. */
export function hit(routes: Iterable<[string, Shape]>, x: number, y: number, reach = 10): string | null {
  let best: string | null = null;
  let nearest = reach;
  for (const [id, s] of routes) {
    const [x0, y0, x1, y1] = s.box;
    if (x < x0 - reach || x > x1 + reach || y < y0 - reach || y > y1 + reach) continue;
    const d = distance(s, x, y);
    if (d < nearest) {
      nearest = d;
      best = id;
    }
  }
  return best;
}
