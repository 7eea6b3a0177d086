// Who changed what when, newest first, with undo and redo in words.
import { useEffect, useState } from 'react';
import { call, type Flow, type HistoryEntry, redo, undo } from '../api';
import { ago, Button, problem } from '../kit';
import classes from './inspector.module.css';

const PAGE = 50;

export function HistoryTab({ flow }: { flow: Flow }) {
  const [entries, setEntries] = useState<HistoryEntry[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [more, setMore] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the document is a new row.
  useEffect(() => {
    let here = true;
    call('flow_history', { flow: flow.id, page: { limit: PAGE } }).then(
      (history) => {
        if (!here) return;
        setEntries(history.entries);
        setNext(history.next);
      },
      (error) => here && problem(error),
    );
    return () => {
      here = false;
    };
  }, [flow.id, flow.rev, flow.undo, flow.redo]);

  const readOn = async () => {
    setMore(true);
    try {
      const history = await call('flow_history', { flow: flow.id, page: { after: next, limit: PAGE } });
      setEntries((before) => [...(before ?? []), ...history.entries]);
      setNext(history.next);
    } catch (error) {
      problem(error);
    } finally {
      setMore(false);
    }
  };

  return (
    <>
      {(flow.undo !== null || flow.redo !== null) && flow.read_only === null && (
        <div className="col g6" style={{ alignItems: 'flex-start' }}>
          {flow.undo !== null && (
            <Button small icon="undo" onClick={() => void undo(flow.id).catch(problem)}>
              <span className="cut" style={{ maxWidth: 220 }}>
                Undo {flow.undo}
              </span>
            </Button>
          )}
          {flow.redo !== null && (
            <Button small icon="redo" onClick={() => void redo(flow.id).catch(problem)}>
              <span className="cut" style={{ maxWidth: 220 }}>
                Redo {flow.redo}
              </span>
            </Button>
          )}
        </div>
      )}
      {entries !== null && entries.length === 0 && <p className={classes.empty}>Nothing has changed yet.</p>}
      {entries !== null && entries.length > 0 && (
        <div className={classes.well}>
          {entries.map((entry) => (
            <div key={entry.seq} className={classes.line} data-undone={entry.undone}>
              <span>
                {entry.words}
                <span className="i3"> {entry.author}</span>
              </span>
              <time dateTime={new Date(entry.at).toISOString()}>{ago(entry.at)}</time>
            </div>
          ))}
        </div>
      )}
      {next !== null && (
        <div>
          <Button small disabled={more} onClick={() => void readOn()}>
            Show earlier changes
          </Button>
        </div>
      )}
    </>
  );
}
