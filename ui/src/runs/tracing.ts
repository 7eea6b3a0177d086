// From an item to where it came from: asked, and lit on the canvas.
import { call, type LineageHop } from '../api';
import { showTrace } from '../app';
import { problem } from '../kit';

export interface Chosen {
  flow: string;
  run: string;
  node: string;
  port: string | null;
  /** Position in the node's output, from 0. */
  item: number;
}

/** How many items of each node the chosen one came from. */
export function countsOf(hops: readonly LineageHop[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const hop of hops) counts[hop.node] = (counts[hop.node] ?? 0) + hop.items.length;
  return counts;
}

export async function traceItem({ flow, run, node, port, item }: Chosen): Promise<void> {
  try {
    const { hops } = await call('run_lineage', { run, node, port, item });
    showTrace({ flow, run, nodes: { ...countsOf(hops), [node]: 1 }, chosen: { node, port, item }, hops });
  } catch (error) {
    problem(error);
  }
}
