// Items of one side of a node in one run, read page by page as they come into view.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { asProblem, call, type ItemView, type Problem, type Side } from '../api';

export interface Source {
  run: string;
  node: string;
  side: Side;
  port: string | null;
}

export interface Items {
  total: number;
  /** The item at a position, once it is here; asking for it brings it. */
  at(index: number): ItemView | undefined;
  /** Those that came without a gap from the first on. */
  first: readonly ItemView[];
  problem: Problem | null;
  /** Reads all, up to a limit; gives how far it came. */
  readAll(limit: number): Promise<readonly ItemView[]>;
}

const PAGE = 200;
const MOST = 1000;

interface Kept {
  pages: Map<number, readonly ItemView[]>;
  asked: Set<number>;
  total: number;
}

const none = (): Kept => ({ pages: new Map(), asked: new Set(), total: 0 });

/** `counted` is what the run says by now: where it grows, the last page is read anew. */
export function useItems(source: Source | null, counted: number): Items {
  const kept = useRef<Kept>(none());
  const [version, setVersion] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = source && `${source.run} ${source.node} ${source.side} ${source.port}`;
  const shown = useRef(key);
  if (shown.current !== key) {
    shown.current = key;
    kept.current = none();
  }
  const now = useRef(source);
  now.current = source;

  const ask = useCallback((page: number) => {
    const from = now.current;
    const mine = kept.current;
    if (from === null || mine.asked.has(page)) return;
    mine.asked.add(page);
    call('run_items', { ...from, from: page * PAGE, limit: PAGE }).then(
      (got) => {
        if (kept.current !== mine) return;
        mine.pages.set(page, got.items);
        mine.total = got.total;
        setProblem(null);
        setVersion((v) => v + 1);
      },
      (error) => {
        if (kept.current !== mine) return;
        setProblem(asProblem(error));
      },
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another source begins anew.
  useEffect(() => {
    setProblem(null);
    ask(0);
  }, [key, ask]);

  // While a run goes on, pages that were not full are read anew.
  useEffect(() => {
    const mine = kept.current;
    if (counted === mine.total || mine.pages.size === 0) return;
    for (const [page, items] of mine.pages) {
      if (items.length < PAGE) {
        mine.asked.delete(page);
        ask(page);
      }
    }
  }, [counted, ask]);

  const readAll = useCallback(async (limit: number) => {
    const from = now.current;
    if (from === null) return [];
    const all: ItemView[] = [];
    for (;;) {
      const got = await call('run_items', { ...from, from: all.length, limit: Math.min(MOST, limit - all.length) });
      all.push(...got.items);
      if (got.items.length === 0 || all.length >= got.total || all.length >= limit) return all;
    }
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that a page came.
  const first = useMemo(() => {
    const run: ItemView[] = [];
    for (let page = 0; ; page++) {
      const items = kept.current.pages.get(page);
      if (!items) return run;
      run.push(...items);
      if (items.length < PAGE) return run;
    }
  }, [version, key]);

  const at = useCallback(
    (index: number) => {
      const page = Math.floor(index / PAGE);
      const items = kept.current.pages.get(page);
      if (!items) {
        // Asking while drawing would change state in the middle of it.
        queueMicrotask(() => ask(page));
        return undefined;
      }
      return items[index % PAGE];
    },
    [ask],
  );

  return { total: Math.max(kept.current.total, kept.current.pages.size === 0 ? counted : 0), at, first, problem, readAll };
}
