// Past runs of a flow, one below the other.
import { useKept } from '../api';
import { Button, count } from '../kit';
import { runWords, StatusMark } from './marks';
import type { PastRuns } from './pastRuns';
import classes from './runs.module.css';

interface Props {
  runs: PastRuns;
  shown: string;
  now: number;
  choose(id: string): void;
}

export function RunList({ runs, shown, now, choose }: Props) {
  const summaries = useKept((s) => s.runs);
  return (
    <div className={classes.list} role="listbox" aria-label="Runs">
      {runs.ids.map((id, index) => {
        const run = summaries[id];
        if (!run) return null;
        return (
          <button
            key={id}
            type="button"
            role="option"
            aria-selected={id === shown}
            className={classes.past}
            // biome-ignore lint/a11y/noAutofocus: the list was opened a moment ago.
            autoFocus={id === shown || (index === 0 && !runs.ids.includes(shown))}
            onClick={() => choose(id)}
            onKeyDown={(event) => {
              const step =
                event.key === 'ArrowDown' ? 'nextElementSibling' : event.key === 'ArrowUp' ? 'previousElementSibling' : null;
              if (step === null) return;
              event.preventDefault();
              (event.currentTarget[step] as HTMLElement | null)?.focus();
            }}
          >
            <StatusMark status={run.status} size={14} />
            <strong>Run {count(run.number)}</strong>
            <span className="grow cut i3">{run.problem?.message ?? partWords(run.mode.part)}</span>
            <span className="i3 nw">{runWords(run, now)}</span>
          </button>
        );
      })}
      {runs.more && (
        <Button small look="plain" onClick={() => void runs.readOn()}>
          Show older runs
        </Button>
      )}
    </div>
  );
}

function partWords(part: string): string {
  return part === 'to_here' ? 'to a node' : part === 'from_here' ? 'from a node' : part === 'only_this' ? 'one node' : '';
}
