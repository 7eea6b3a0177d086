// Walking the canvas by keys: along threads, to siblings.
import type { Edge } from '../api';
import type { Rect } from './geometry';

export type Way = 'left' | 'right' | 'up' | 'down';
type Place = Rect & { id: string };

const middle = (r: Rect) => r.y + r.h / 2;

/** The next node from here; null where there is none that way. */
export function walk(nodes: readonly Place[], edges: readonly Edge[], from: string | null, way: Way): string | null {
  const here = nodes.find((n) => n.id === from);
  if (!here) return nodes.toSorted((a, b) => a.x - b.x || a.y - b.y)[0]?.id ?? null;
  const near = (ids: readonly string[]) =>
    nodes
      .filter((n) => ids.includes(n.id) && n.id !== here.id)
      .toSorted((a, b) => Math.abs(middle(a) - middle(here)) - Math.abs(middle(b) - middle(here)) || a.y - b.y)[0]?.id ?? null;
  if (way === 'right') return near(edges.filter((e) => e.from === from).map((e) => e.to));
  if (way === 'left') return near(edges.filter((e) => e.to === from).map((e) => e.from));
  const beyond = (n: Place) => (way === 'down' ? n.y > here.y : n.y < here.y);
  const far = (n: Place) => Math.abs(n.y - here.y) + 3 * Math.abs(n.x - here.x);
  return nodes.filter((n) => n.id !== here.id && beyond(n)).toSorted((a, b) => far(a) - far(b))[0]?.id ?? null;
}
