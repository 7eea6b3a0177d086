// The flow list, and a flow with nothing in it yet.
export { EmptyFlow } from './EmptyFlow';
export { FlowList } from './FlowList';
export { FlowSide } from './FlowSide';
