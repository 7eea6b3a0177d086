// What the backend said, as the screens read it. Only `events.ts` writes here.
import { create } from 'zustand';
import type { Flow, FlowSummary, NodeTypeView, RunSummary, Workspace } from './generated';

/** Everything that was told about documents and runs; steps of runs are in `steps.ts`. */
export interface Kept {
  /** Whether the line to the program stands. */
  line: 'starting' | 'open' | 'away' | 'closed';
  workspace: Workspace | null;
  /** Node types in palette order. */
  types: NodeTypeView[];
  typeById: Record<string, NodeTypeView>;
  /** The flow list; null until it was asked for. */
  list: FlowSummary[] | null;
  /** Open flows by id. */
  flows: Record<string, Flow>;
  /** Runs by id, as far as they were told. */
  runs: Record<string, RunSummary>;
  /** The newest run of each flow that is known. */
  latest: Record<string, string>;
}

export const useKept = create<Kept>(() => ({
  line: 'starting',
  workspace: null,
  types: [],
  typeById: {},
  list: null,
  flows: {},
  runs: {},
  latest: {},
}));

/** An open flow, kept true by events. */
export const useFlow = (id: string | null): Flow | undefined => useKept((s) => (id === null ? undefined : s.flows[id]));
/** A node type, by the id that stands in the document. */
export const useNodeType = (id: string): NodeTypeView | undefined => useKept((s) => s.typeById[id]);
/** A run's summary. */
export const useRunSummary = (id: string | null | undefined): RunSummary | undefined =>
  useKept((s) => (id ? s.runs[id] : undefined));
/** The newest run of a flow. */
export const useLatestRun = (flow: string | null): RunSummary | undefined =>
  useKept((s) => (flow === null ? undefined : s.runs[s.latest[flow] ?? '']));
