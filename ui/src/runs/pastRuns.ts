// The runs of a flow, newest first, read on as they are asked for.
import { useCallback, useEffect, useRef, useState } from 'react';
import { call, putSummaries, useKept } from '../api';
import { problem } from '../kit';

const PAGE = 50;

export interface PastRuns {
  ids: readonly string[];
  /** Whether there are older ones than those that were read. */
  more: boolean;
  readOn(): Promise<readonly string[]>;
}

export function usePastRuns(flow: string): PastRuns {
  const [ids, setIds] = useState<readonly string[]>([]);
  const next = useRef<string | null>(null);
  const [more, setMore] = useState(false);
  const latest = useKept((s) => s.latest[flow]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run is a new first row.
  useEffect(() => {
    let here = true;
    call('run_list', { flow, page: { limit: PAGE } }).then(
      (list) => {
        if (!here) return;
        putSummaries(list.runs);
        setIds((before) => {
          const fresh = list.runs.map((run) => run.id);
          return [...fresh, ...before.filter((id) => !fresh.includes(id))];
        });
        if (next.current === null) {
          next.current = list.next;
          setMore(list.next !== null);
        }
      },
      (error) => here && problem(error),
    );
    return () => {
      here = false;
    };
  }, [flow, latest]);

  const readOn = useCallback(async () => {
    if (next.current === null) return [];
    try {
      const list = await call('run_list', { flow, page: { after: next.current, limit: PAGE } });
      next.current = list.next;
      setMore(list.next !== null);
      putSummaries(list.runs);
      const fresh = list.runs.map((run) => run.id);
      setIds((before) => [...before, ...fresh.filter((id) => !before.includes(id))]);
      return fresh;
    } catch (error) {
      problem(error);
      return [];
    }
  }, [flow]);

  return { ids, more, readOn };
}
