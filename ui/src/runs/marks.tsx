// How the state of a run looks and reads.
import type { RunStatus, RunSummary } from '../api';
import { count, Icon, type IconName, span, when } from '../kit';

const MARKS: Record<RunStatus, { icon: IconName; tone: string; words: string }> = {
  queued: { icon: 'ring', tone: 'i3', words: 'queued' },
  running: { icon: 'play', tone: 'acc', words: 'running' },
  waiting: { icon: 'wait', tone: 'warnc', words: 'waits' },
  finished: { icon: 'check', tone: 'okc', words: 'done' },
  failed: { icon: 'stopped', tone: 'errc', words: 'stopped' },
  cancelled: { icon: 'cancelled', tone: 'i3', words: 'stopped by hand' },
};

export const statusWords = (status: RunStatus): string => MARKS[status].words;

export function StatusMark({ status, size = 16 }: { status: RunStatus; size?: number }) {
  const mark = MARKS[status];
  return (
    <span className={mark.tone} role="img" aria-label={mark.words} title={mark.words}>
      <Icon name={mark.icon} size={size} />
    </span>
  );
}

/** "today 14:02 · 94 ms", "running · 0.9 s", "queued, 2nd". */
export function runWords(run: RunSummary, now: number): string {
  if (run.status === 'queued') return run.queued ? `queued, ${ordinal(run.queued)}` : 'queued';
  const from = run.started_at ?? run.created_at;
  if (run.status === 'running') return `running · ${span(now - from)}`;
  if (run.status === 'waiting') return `waits · since ${when(from, now)}`;
  return `${when(from, now)} · ${span((run.finished_at ?? from) - from)}`;
}

function ordinal(n: number): string {
  const tens = n % 100;
  const end = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${count(n)}${end}`;
}
