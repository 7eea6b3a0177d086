// The panel beside the canvas: settings of what is selected.
export { Inspector } from './Inspector';
