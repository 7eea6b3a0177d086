// Sizes of cards and where their ports are: LOOK 4. Every card's first port is 28 below its place, whatever its form.
export interface Point {
  x: number;
  y: number;
}
export interface Rect extends Point {
  w: number;
  h: number;
}

export const GRID = 8;
export const CARD_W = 172;
export const HEAD_H = 54;
export const FOOT_H = 25;
export const ROW_H = 24;
export const PORT_Y = 28;
export const COMPACT_H = 36;
/** How far a compact card hangs below its place, so that its port is on the same level as a full one's. */
export const COMPACT_TOP = PORT_Y - COMPACT_H / 2;
export const TRIGGER = 44;
export const TRIGGER_TOP = PORT_Y - TRIGGER / 2;
export const GAP = 64;

/** Height that `[x, y, w, h]` of the layout says for a compact card. */
export const isCompact = (place: readonly number[] | undefined): boolean => place?.[3] === COMPACT_H;

export const snap = (n: number): number => Math.round(n / GRID) * GRID;
export const right = (r: Rect): number => r.x + r.w;
export const bottom = (r: Rect): number => r.y + r.h;
export const overlaps = (a: Rect, b: Rect, by = 0): boolean =>
  a.x < right(b) + by && right(a) > b.x - by && a.y < bottom(b) + by && bottom(a) > b.y - by;
export const contains = (a: Rect, b: Rect): boolean => b.x >= a.x && b.y >= a.y && right(b) <= right(a) && bottom(b) <= bottom(a);
export const grow = (r: Rect, by: number): Rect => ({ x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by });

/** The smallest rectangle around all of these; null around nothing. */
export function around(rects: Iterable<Rect>): Rect | null {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const r of rects) {
    x0 = Math.min(x0, r.x);
    y0 = Math.min(y0, r.y);
    x1 = Math.max(x1, right(r));
    y1 = Math.max(y1, bottom(r));
  }
  return x0 === Infinity ? null : { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
}
