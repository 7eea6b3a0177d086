// The canvas: nodes, threads, blocks, and what one does with them.
export { Canvas } from './Canvas';
