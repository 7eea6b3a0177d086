// Placing nodes: tidy by dagre, and a place for those that have none.
import dagre from '@dagrejs/dagre';
import type { Flow, NodeTypeView } from '../api';
import { CARD_W, GAP, GRID, HEAD_H, ROW_H, snap, TRIGGER } from './geometry';

interface Sized {
  id: string;
  w: number;
  h: number;
}

/** Places from left to right: columns 64 apart, 8 more for every lane over four. Order within a column follows dagre. */
export function tidy(
  nodes: readonly Sized[],
  edges: readonly { from: string; to: string }[],
  origin = { x: 0, y: 0 },
): Map<string, [number, number]> {
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: GAP, marginx: 0, marginy: 0 });
  g.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map((n) => n.id));
  for (const n of nodes) g.setNode(n.id, { width: n.w, height: n.h });
  edges.forEach((e, i) => {
    if (known.has(e.from) && known.has(e.to) && e.from !== e.to) g.setEdge(e.from, e.to, {}, String(i));
  });
  dagre.layout(g);
  const columns = new Map<number, Sized[]>();
  for (const n of nodes) {
    const x = Math.round(g.node(n.id).x);
    const key = [...columns.keys()].find((c) => Math.abs(c - x) < 8) ?? x;
    columns.set(key, [...(columns.get(key) ?? []), n]);
  }
  const keys = [...columns.keys()].sort((a, b) => a - b);
  const places = new Map<string, [number, number]>();
  const column = new Map<string, number>();
  keys.forEach((key, i) => {
    for (const n of columns.get(key) ?? []) column.set(n.id, i);
  });
  let x = origin.x;
  keys.forEach((key, i) => {
    const list = columns.get(key) ?? [];
    for (const n of list) places.set(n.id, [snap(x), snap(origin.y + g.node(n.id).y - n.h / 2)]);
    const turning = new Set(edges.filter((e) => column.get(e.from) === i && (column.get(e.to) ?? 0) > i).map((e) => e.from)).size;
    x = GRID * Math.ceil((x + Math.max(...list.map((n) => n.w)) + GAP + 8 * Math.max(0, turning - 4)) / GRID);
  });
  level(places, edges);
  const top = Math.min(...[...places.values()].map((p) => p[1]));
  for (const p of places.values()) p[1] += snap(origin.y - top);
  return places;
}

/** Chains of one to one stand on one level, so that their threads are straight. */
function level(places: Map<string, [number, number]>, edges: readonly { from: string; to: string }[]) {
  const outs = new Map<string, string[]>();
  const ins = new Map<string, string[]>();
  for (const e of edges) {
    if (!places.has(e.from) || !places.has(e.to)) continue;
    outs.set(e.from, [...(outs.get(e.from) ?? []), e.to]);
    ins.set(e.to, [...(ins.get(e.to) ?? []), e.from]);
  }
  const order = [...places.keys()].sort((a, b) => places.get(a)![0] - places.get(b)![0]);
  for (const id of order) {
    const y = places.get(id)![1];
    const far = (o: string) => Math.abs(places.get(o)![1] - y);
    const only = (outs.get(id) ?? []).filter((o) => ins.get(o)?.length === 1).toSorted((p, q) => far(p) - far(q))[0];
    if (only === undefined) continue;
    const [x] = places.get(only)!;
    const free = order.every((o) => o === only || places.get(o)![0] !== x || Math.abs(places.get(o)![1] - y) >= 104);
    if (free) places.set(only, [x, y]);
  }
}

/** Places for nodes that the layout does not know. */
export function missingPlaces(flow: Flow, types: Record<string, NodeTypeView>): Map<string, [number, number]> {
  const missing = flow.nodes.filter((n) => flow.layout[n.id] === undefined);
  if (missing.length === 0) return NOWHERE;
  const sized = missing.map((n) => {
    const type = types[n.type];
    const rows = Math.max(type?.outputs.length ?? 1, type?.inputs.length ?? 1);
    return { id: n.id, w: type?.trigger ? TRIGGER : CARD_W, h: HEAD_H + 25 + (rows > 1 ? rows * ROW_H : 0) };
  });
  const placed = Object.values(flow.layout);
  const below = placed.length === 0 ? 0 : Math.max(...placed.map((p) => (p[1] ?? 0) + (p[3] ?? 80))) + 80;
  const left = placed.length === 0 ? 0 : Math.min(...placed.map((p) => p[0] ?? 0));
  return tidy(sized, flow.edges, { x: left, y: below });
}
const NOWHERE = new Map<string, [number, number]>();
