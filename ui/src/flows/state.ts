// What a row of the flow list says of its flow.
import type { FlowSummary } from '../api';
import type { IconName, Tone } from '../kit';

export interface State {
  tone: Tone;
  icon: IconName;
  words: string;
}

/** The state chip: what went wrong first, then what runs, then what is in use, then how the last run ended. */
export function stateOf(flow: FlowSummary): State | null {
  if (flow.broken !== null) return { tone: 'err', icon: 'stopped', words: 'cannot be read' };
  switch (flow.last_run?.status) {
    case 'running':
      return { tone: 'live', icon: 'play', words: 'running' };
    case 'waiting':
      return { tone: 'warn', icon: 'wait', words: 'waits' };
    case 'queued':
      return { tone: 'plain', icon: 'ring', words: 'queued' };
    case 'failed':
      return { tone: 'err', icon: 'stopped', words: 'stopped' };
    default:
      if (flow.in_use) return { tone: 'live', icon: 'power', words: 'in use' };
      return flow.last_run?.status === 'finished' ? { tone: 'ok', icon: 'check', words: 'done' } : null;
  }
}

/** The folder a flow lies in; empty at the top. */
export const folderOf = (id: string): string => (id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '');

/** All folders there are, each once. */
export function foldersOf(flows: readonly FlowSummary[]): string[] {
  const found = new Set<string>();
  for (const flow of flows) {
    const parts = folderOf(flow.id).split('/').filter(Boolean);
    for (let i = 1; i <= parts.length; i++) found.add(parts.slice(0, i).join('/'));
  }
  return [...found].sort();
}

/** "12 flows on this machine. 2 of them are running." */
export function summaryWords(flows: readonly FlowSummary[]): string {
  const n = flows.length;
  if (n === 0) return 'No flows yet.';
  const running = flows.filter((flow) => flow.last_run?.status === 'running').length;
  const inUse = flows.filter((flow) => flow.in_use).length;
  const said = [`${n} ${n === 1 ? 'flow' : 'flows'}.`];
  if (inUse > 0) said.push(`${inUse} in use.`);
  if (running > 0) said.push(`${running} ${running === 1 ? 'runs' : 'run'} now.`);
  return said.join(' ');
}
