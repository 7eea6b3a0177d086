// What a screen reader hears of a box: "By month, Summarize, done, 36 items, 1 in, 2 out".
import { nodeRun } from '../api';
import type { Board } from './board';
import { isCard } from './drawn';
import { footWords } from './Foot';

const STATES: Record<string, string> = {
  finished: 'done',
  failed: 'stopped',
  running: 'running',
  waiting: 'waits',
  queued: 'queued',
  cancelled: 'cancelled',
  pinned: 'pinned',
  needs_decision: 'waits for you',
  skipped: 'not reached',
};

export function spoken(board: Board, id: string | undefined): string {
  const box = board.drawn.boxes.get(id ?? '');
  if (!box) return '';
  if (!isCard(box.view)) {
    const { name, title, text } = box.view.block.fields;
    return `${box.view.form} ${String(name ?? title ?? text ?? '').slice(0, 80)}`;
  }
  const step = board.run === null ? undefined : nodeRun(board.run, box.id);
  const ins = board.drawn.edges.filter((e) => e.to === box.id).length;
  const outs = board.drawn.edges.filter((e) => e.from === box.id).length;
  const state = step ? [STATES[step.status] ?? step.status, step.status === 'finished' ? footWords(step) : ''] : [];
  const finding = box.view.finding ? [box.view.finding.message] : [];
  return [box.view.name, box.view.typeTitle, ...state, ...finding, `${ins} in`, `${outs} out`].filter(Boolean).join(', ');
}
