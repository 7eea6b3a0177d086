// What fits what somebody types: prefix of a word first, then inside a word, then keywords, then letters in order.
import type { NodeTypeView, PortShape } from '../api';

/** How well a text answers a query; 0 = not. */
export function score(query: string, text: string, keywords: readonly string[] = []): number {
  const q = query.trim().toLowerCase();
  if (q === '') return 1;
  const t = text.toLowerCase();
  if (t.startsWith(q)) return 100 - t.length / 100;
  if (t.split(/[\s/_.-]+/).some((w) => w.startsWith(q))) return 80 - t.length / 100;
  if (keywords.some((k) => k.toLowerCase().startsWith(q))) return 60;
  if (t.includes(q)) return 50;
  if (q.includes(' ') && q.split(/\s+/).every((w) => t.includes(w) || keywords.some((k) => k.toLowerCase().includes(w))))
    return 40;
  let at = 0;
  for (const c of q) {
    at = t.indexOf(c, at) + 1;
    if (at === 0) return 0;
  }
  return q.length > 2 ? 10 : 0;
}

/** The best of a list for a query, best first; the list's own order decides between equals. */
export function best<T>(query: string, list: readonly T[], text: (t: T) => string, keywords?: (t: T) => readonly string[]): T[] {
  return list
    .map((t, i) => ({ t, i, s: score(query, text(t), keywords?.(t)) }))
    .filter((r) => r.s > 0)
    .sort((a, b) => b.s - a.s || a.i - b.i)
    .map((r) => r.t);
}

/** Where a match is in a text, for the underline: `[from, to)`. */
export function matched(query: string, text: string): [number, number] | null {
  const q = query.trim().toLowerCase();
  const at = q === '' ? -1 : text.toLowerCase().indexOf(q);
  return at < 0 ? null : [at, at + q.length];
}

/** Whether a type has a port that what the wire carries may enter, or leave. */
export function takes(type: NodeTypeView, side: 'in' | 'out', shape: PortShape): boolean {
  const ports = side === 'out' ? type.inputs : type.outputs;
  return ports.some((p) => p.shape === shape || p.shape === 'signal' || shape === 'signal');
}
