// Edits on their way in: one gesture, one call. The screen changes when the backend says so.
import { call } from './call';
import type { Applied, Edit } from './generated';

/** This window: comes back with its own changes. */
export const CLIENT = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, '0')).join('');

/** One gesture: applied whole or not at all. `label` is how undo and history name it: "Add Filter". */
export function edit(flow: string, label: string, edits: Edit[], gesture: string | null = null): Promise<Applied> {
  return call('flow_edit', { flow, edits, label, client: CLIENT, gesture });
}

/** Takes back this author's last gesture. */
export const undo = (flow: string) => call('flow_undo', { flow, client: CLIENT });
/** Brings back what was undone last. */
export const redo = (flow: string) => call('flow_redo', { flow, client: CLIENT });
