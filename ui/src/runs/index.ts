// Runs: the strip, the drawer, and what a view block shows.
export { Drawer } from './Drawer';
export { RunStrip } from './RunStrip';
export { ViewContent } from './ViewContent';
