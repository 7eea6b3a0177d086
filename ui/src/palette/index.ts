// Finding things: the command palette, and the list of node types.
export { Palette } from './Palette';
export { QuickAdd } from './QuickAdd';
