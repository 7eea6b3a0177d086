// Runs, looked into: strip, drawer, and what view blocks show.
export { Drawer } from './Drawer';
export { RunStrip } from './RunStrip';
export { ViewContent } from './ViewContent';
