// Orthogonal threads: level, upright, level, in lanes of 8 px, around cards. Only threads of one port share a lane.
import type { Rect } from './geometry';
import { type Corner, type Shape, shape } from './shape';

export interface RoutedBox extends Rect {
  id: string;
}

export interface RoutedEdge {
  id: string;
  from: string;
  to: string;
  /** How far the ports are below the places of their boxes. */
  fromY: number;
  toY: number;
  /** Threads that leave one port are one net; threads that reach one port share its last piece. */
  net: string;
  sink: string;
}

/** A piece of a thread in a lane. */
interface Piece {
  a: number;
  b: number;
  net: string;
  sink: string | null;
}
interface Claim {
  lane: Piece[];
  piece: Piece;
}
interface Ends {
  a: RoutedBox;
  b: RoutedBox;
  sx: number;
  sy: number;
  tx: number;
  ty: number;
}
export interface Route extends Shape {
  claims: Claim[];
}
type Lanes = Map<number, Piece[]>;

const LANE = 8;
/** No lane is nearer to a card than this. */
const OUT = 16;
const CLEAR = 8;
const CELL = 128;

const lane = (at: number) => Math.round(at / LANE);
const cellKey = (x: number, y: number) => x * 65536 + y;

export class Router {
  readonly routes = new Map<string, Route>();
  private readonly boxes = new Map<string, RoutedBox>();
  private readonly edges = new Map<string, RoutedEdge>();
  private readonly edgesOf = new Map<string, string[]>();
  private readonly cells = new Map<number, Set<RoutedBox>>();
  private readonly cellsOf = new Map<string, number[]>();
  private uprights: Lanes = new Map();
  private levels: Lanes = new Map();
  private wished = new Map<string, number>();

  /** Takes a whole flow and routes it. */
  set(boxes: Iterable<RoutedBox>, edges: Iterable<RoutedEdge>) {
    this.boxes.clear();
    this.edges.clear();
    this.edgesOf.clear();
    this.cells.clear();
    this.cellsOf.clear();
    for (const box of boxes) {
      this.boxes.set(box.id, box);
      this.place(box);
    }
    for (const edge of edges) {
      if (!this.boxes.has(edge.from) || !this.boxes.has(edge.to)) continue;
      this.edges.set(edge.id, edge);
      for (const id of new Set([edge.from, edge.to])) {
        const list = this.edgesOf.get(id);
        if (list) list.push(edge.id);
        else this.edgesOf.set(id, [edge.id]);
      }
    }
    this.all();
  }

  /** Boxes moved or changed size: routes their threads again, and gives which. */
  move(moved: Iterable<RoutedBox>): Set<string> {
    const touched = new Set<string>();
    for (const box of moved) {
      if (!this.boxes.has(box.id)) continue;
      this.boxes.set(box.id, box);
      this.place(box);
      for (const id of this.edgesOf.get(box.id) ?? []) touched.add(id);
    }
    for (const id of touched) this.release(id);
    for (const id of touched) this.route(id);
    return touched;
  }

  /** After a drop: threads that the moved boxes now cover are routed once more. */
  uncover(moved: Iterable<string>): Set<string> {
    const boxes = [...moved].flatMap((id) => this.boxes.get(id) ?? []);
    const covered = new Set<string>();
    for (const [id, route] of this.routes) {
      const edge = this.edges.get(id);
      if (edge && boxes.some((b) => b.id !== edge.from && b.id !== edge.to && cuts(route, b))) covered.add(id);
    }
    for (const id of covered) this.release(id);
    for (const id of covered) this.route(id);
    return covered;
  }

  private all() {
    this.uprights = new Map();
    this.levels = new Map();
    this.routes.clear();
    this.wish();
    const span = (id: string) => {
      const { sx, sy, tx, ty } = this.ends(this.edges.get(id)!);
      return Math.abs(tx - sx) + (tx < sx ? 1e5 : 0) + (sy === ty ? -1e5 : 0);
    };
    const order = [...this.edges.keys()].map((id) => [span(id), id] as const).sort((p, q) => p[0] - q[0]);
    for (const [, id] of order) this.route(id);
  }

  private place(box: RoutedBox) {
    for (const key of this.cellsOf.get(box.id) ?? []) {
      const cell = this.cells.get(key);
      if (cell) for (const known of cell) if (known.id === box.id) cell.delete(known);
    }
    const keys: number[] = [];
    for (let x = Math.floor(box.x / CELL); x <= Math.floor((box.x + box.w) / CELL); x++)
      for (let y = Math.floor(box.y / CELL); y <= Math.floor((box.y + box.h) / CELL); y++) {
        const key = cellKey(x, y);
        keys.push(key);
        const cell = this.cells.get(key);
        if (cell) cell.add(box);
        else this.cells.set(key, new Set([box]));
      }
    this.cellsOf.set(box.id, keys);
  }

  /** Whether a card other than these is in the way of a piece. */
  private blocked(x0: number, y0: number, x1: number, y1: number, a: RoutedBox | null, b: RoutedBox | null): boolean {
    const [left, right] = x0 < x1 ? [x0, x1] : [x1, x0];
    const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
    for (let x = Math.floor((left - CLEAR) / CELL); x <= Math.floor((right + CLEAR) / CELL); x++)
      for (let y = Math.floor((top - CLEAR) / CELL); y <= Math.floor((bottom + CLEAR) / CELL); y++)
        for (const q of this.cells.get(cellKey(x, y)) ?? []) {
          if (q.id === a?.id || q.id === b?.id) continue;
          if (right > q.x - CLEAR && left < q.x + q.w + CLEAR && bottom > q.y - CLEAR && top < q.y + q.h + CLEAR) return true;
        }
    return false;
  }

  private busy(lanes: Lanes, at: number, from: number, to: number, net: string, sink: string | null = null): boolean {
    const [a, b] = from < to ? [from, to] : [to, from];
    for (const p of lanes.get(at) ?? []) {
      if (p.net === net || (sink !== null && p.sink === sink)) continue;
      if (p.b > a - 6 && p.a < b + 6) return true;
    }
    return false;
  }

  private ends(edge: RoutedEdge): Ends {
    const a = this.boxes.get(edge.from)!;
    const b = this.boxes.get(edge.to)!;
    return { a, b, sx: a.x + a.w, sy: a.y + edge.fromY, tx: b.x, ty: b.y + edge.toY };
  }

  private release(id: string) {
    const route = this.routes.get(id);
    if (!route) return;
    for (const { lane: pieces, piece } of route.claims) {
      const at = pieces.indexOf(piece);
      if (at >= 0) pieces.splice(at, 1);
    }
    this.routes.delete(id);
  }

  private route(id: string) {
    const edge = this.edges.get(id);
    if (!edge) return;
    const ends = this.ends(edge);
    const points = this.straight(edge, ends) ?? this.oneLane(edge, ends) ?? this.corridor(edge, ends) ?? lastResort(ends);
    const claims: Claim[] = [];
    const claim = (lanes: Lanes, at: number, from: number, to: number, sink: string | null) => {
      let pieces = lanes.get(at);
      if (!pieces) {
        pieces = [];
        lanes.set(at, pieces);
      }
      const piece = { a: Math.min(from, to), b: Math.max(from, to), net: edge.net, sink };
      pieces.push(piece);
      claims.push({ lane: pieces, piece });
    };
    for (let i = 1; i < points.length; i++) {
      const [ax, ay] = points[i - 1]!;
      const [bx, by] = points[i]!;
      // Fan-in: uprights stay apart, only the last level piece is shared.
      if (ay === by) claim(this.levels, lane(ay), ax, bx, i === points.length - 1 ? edge.sink : null);
      else claim(this.uprights, lane(ax), ay, by, null);
    }
    this.routes.set(id, { ...shape(points), claims });
  }

  private straight(edge: RoutedEdge, { a, b, sx, sy, tx, ty }: Ends): Corner[] | null {
    if (
      sy !== ty ||
      tx <= sx ||
      this.blocked(sx, sy, tx, ty, a, b) ||
      this.busy(this.levels, lane(sy), sx, tx, edge.net, edge.sink)
    )
      return null;
    return [
      [sx, sy],
      [tx, ty],
    ];
  }

  /** Level, one upright, level: in the free lane nearest to the wished one. */
  private oneLane(edge: RoutedEdge, { a, b, sx, sy, tx, ty }: Ends): Corner[] | null {
    if (tx - sx < 2 * OUT) return null;
    const low = Math.ceil((sx + OUT) / LANE);
    const high = Math.floor((tx - OUT) / LANE);
    const wish = this.wished.get(edge.id) ?? lane((sx + Math.min(tx, sx + 64)) / 2);
    const from = Math.min(high, Math.max(low, wish));
    for (let k = 0, tried = 0; tried <= high - low && k < 200; k++) {
      const at = from + (k % 2 === 1 ? (k + 1) / 2 : -k / 2);
      if (at < low || at > high) continue;
      tried++;
      const x = at * LANE;
      if (this.busy(this.uprights, at, sy, ty, edge.net)) continue;
      if (this.blocked(x, sy, x, ty, a, b) || this.blocked(sx, sy, x, sy, a, b) || this.blocked(x, ty, tx, ty, a, b)) continue;
      if (this.busy(this.levels, lane(sy), sx, x, edge.net) || this.busy(this.levels, lane(ty), x, tx, edge.net, edge.sink))
        continue;
      return [
        [sx, sy],
        [x, sy],
        [x, ty],
        [tx, ty],
      ];
    }
    // Neighbours: sharing a lane reads better than a detour behind the card.
    if (tx - sx > 160) return null;
    const x = from * LANE;
    if (this.blocked(x, sy, x, ty, a, b)) return null;
    return [
      [sx, sy],
      [x, sy],
      [x, ty],
      [tx, ty],
    ];
  }

  /** Two uprights and a corridor: over a column of cards, or backward below both cards. */
  private corridor(edge: RoutedEdge, { a, b, sx, sy, tx, ty }: Ends): Corner[] | null {
    const back = tx - sx < 2 * OUT;
    const base = lane(back ? Math.max(a.y + a.h, b.y + b.h) + 16 : sy < ty ? a.y + a.h + 12 : a.y - 12);
    for (let k = 0; k < 80; k++) {
      const row = base + (back ? k : k % 2 === 1 ? (k + 1) / 2 : -k / 2);
      const y = row * LANE;
      for (let i = 0; i < 5; i++) {
        const out = lane(sx + 20) + i;
        if (this.busy(this.uprights, out, sy, y, edge.net) || this.blocked(out * LANE, sy, out * LANE, y, a, null)) continue;
        for (let j = 0; j < 5; j++) {
          const back2 = lane(tx - 20) - j;
          if (this.busy(this.uprights, back2, y, ty, edge.net) || this.blocked(back2 * LANE, y, back2 * LANE, ty, null, b))
            continue;
          if (
            this.busy(this.levels, row, out * LANE, back2 * LANE, edge.net) ||
            this.blocked(out * LANE, y, back2 * LANE, y, null, null)
          )
            break;
          return [
            [sx, sy],
            [out * LANE, sy],
            [out * LANE, y],
            [back2 * LANE, y],
            [back2 * LANE, ty],
            [tx, ty],
          ];
        }
      }
    }
    return null;
  }

  /** Lanes of one gap: threads whose uprights overlap get lanes side by side, sorted so that they cross least. */
  private wish() {
    this.wished = new Map();
    interface Wish extends Ends {
      id: string;
      net: string;
      top: number;
      end: number;
      lane: number;
    }
    const gaps = new Map<number, Wish[]>();
    for (const edge of this.edges.values()) {
      const ends = this.ends(edge);
      const { sx, sy, tx, ty } = ends;
      if (tx - sx < 2 * OUT || tx - sx > 160 || sy === ty) continue;
      const wish = { ...ends, id: edge.id, net: edge.net, top: Math.min(sy, ty), end: Math.max(sy, ty), lane: 0 };
      const key = Math.round(sx / 32);
      const gap = gaps.get(key);
      if (gap) gap.push(wish);
      else gaps.set(key, [wish]);
    }
    const down = (w: Wish) => w.ty > w.sy;
    const spread = (group: Wish[]) => {
      const lanes: Wish[][] = [];
      group.sort(
        (p, q) => Number(down(p)) - Number(down(q)) || (down(p) ? q.sy - p.sy || q.ty - p.ty : p.sy - q.sy || p.ty - q.ty),
      );
      for (const w of group) {
        let at = lanes.findIndex((l) => l.every((o) => o.net === w.net || o.end <= w.top - 6 || o.top >= w.end + 6));
        if (at < 0) at = lanes.push([]) - 1;
        lanes[at]!.push(w);
        w.lane = at;
      }
      for (const w of group) this.wished.set(w.id, Math.round((w.sx + w.tx) / 2 / LANE - (lanes.length - 1) / 2 + w.lane));
    };
    for (const gap of gaps.values()) {
      gap.sort((p, q) => p.top - q.top);
      let group: Wish[] = [];
      let end = -Infinity;
      for (const w of gap) {
        if (group.length > 0 && w.top > end + 6) {
          spread(group);
          group = [];
        }
        group.push(w);
        end = Math.max(end, w.end);
      }
      spread(group);
    }
  }
}

/** Whether a route passes through a box. */
function cuts(route: Shape, box: Rect): boolean {
  const [left, top, right, bottom] = route.box;
  if (right < box.x - CLEAR || left > box.x + box.w + CLEAR || bottom < box.y - CLEAR || top > box.y + box.h + CLEAR)
    return false;
  return route.points.some(([bx, by], i) => {
    const before = route.points[i - 1];
    if (!before) return false;
    const [ax, ay] = before;
    const [x0, x1] = ax < bx ? [ax, bx] : [bx, ax];
    const [y0, y1] = ay < by ? [ay, by] : [by, ay];
    return x1 > box.x - CLEAR && x0 < box.x + box.w + CLEAR && y1 > box.y - CLEAR && y0 < box.y + box.h + CLEAR;
  });
}

/** No free way: straight through rather than nowhere. */
function lastResort({ a, b, sx, sy, tx, ty }: Ends): Corner[] {
  const x = lane(sx + 24) * LANE;
  if (tx > sx + 2 * OUT)
    return [
      [sx, sy],
      [x, sy],
      [x, ty],
      [tx, ty],
    ];
  const y = lane(Math.max(a.y + a.h, b.y + b.h) + 24) * LANE;
  return [
    [sx, sy],
    [x, sy],
    [x, y],
    [tx - 24, y],
    [tx - 24, ty],
    [tx, ty],
  ];
}
