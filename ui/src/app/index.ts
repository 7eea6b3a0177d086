// What is open and selected, commands, and runs: what features share about this window.
export { addCommands, type Command, commands, commandTitle, doCommand } from './commands';
export { newFlow } from './newFlow';
export { startRun, stopRun } from './running';
export {
  closeTab,
  focusCanvas,
  focusInspector,
  isLive,
  openDrawer,
  openInspector,
  renameTab,
  type Screen,
  SIZES,
  select,
  selected,
  showFlow,
  showFlows,
  shownRun,
  showRun,
  showTrace,
  type Trace,
  useScreen,
  useSelectedNode,
  useSelection,
  useShownRun,
} from './screen';
