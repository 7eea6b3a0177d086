// The client of the api: calls down, events up, and what the backend said.
export { asProblem, call } from './call';
export { words } from './change';
export { CLIENT, edit, redo, undo } from './edit';
export { closeFlow, connect, keepFlow, loadList, loadRun, openFlow, putSummaries, settled } from './events';
export type * from './generated';
export { type Kept, useFlow, useKept, useLatestRun, useNodeType, useRunSummary } from './kept';
export {
  attentions,
  edgeRun,
  nodeRun,
  nodeRuns,
  onEdgeRun,
  onNodeRun,
  onRun,
  runVersion,
  useNodeRun,
  useNodeRuns,
} from './steps';
