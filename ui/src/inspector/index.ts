// Settings of what is selected.
export { Inspector } from './Inspector';
