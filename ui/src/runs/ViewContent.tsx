// What a view block shows: table or chart of an output.
import type { Block } from '../api';

export function ViewContent(_: { flow: string; block: Block }) {
  return null;
}
