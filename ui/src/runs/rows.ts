// Which rows a table shows, and in what order: all as they came, those that match, or sorted by a column.
import { useEffect, useState } from 'react';
import { asProblem, type ItemView, type Problem } from '../api';
import type { Items } from './items';
import { cellOf, compareCells } from './values';

export interface Sort {
  key: string;
  down: boolean;
}

export interface Arranged {
  /** Positions in the order of the rows; null = all, as they came. */
  order: readonly number[] | null;
  /** The items by position, where all had to be read for it. */
  all: readonly ItemView[] | null;
  /** Whether there were too many to read them all. */
  cut: boolean;
  reading: boolean;
  problem: Problem | null;
}

/** Sorting and finding read at most so many. */
export const MOST_READ = 20_000;

export const sorted = (items: readonly ItemView[], sort: Sort): number[] => {
  const order = items.map((_, i) => i);
  const cells = items.map((item) => cellOf(item, sort.key));
  return order.sort((a, b) => {
    const missing = Number(cells[a] === undefined || cells[a] === null) - Number(cells[b] === undefined || cells[b] === null);
    return missing !== 0 ? missing : (sort.down ? -1 : 1) * compareCells(cells[a], cells[b]) || a - b;
  });
};

export function matching(items: readonly ItemView[], text: string): number[] {
  const want = text.toLowerCase();
  return items.flatMap((item, i) =>
    JSON.stringify(item.json).toLowerCase().includes(want) || item.problem?.message.toLowerCase().includes(want) ? [i] : [],
  );
}

const AS_THEY_CAME: Arranged = { order: null, all: null, cut: false, reading: false, problem: null };

export function useArranged(items: Items, sort: Sort | null, find: string): Arranged {
  const [arranged, setArranged] = useState<Arranged>(AS_THEY_CAME);
  const { readAll, total } = items;
  const text = find.trim();
  useEffect(() => {
    if (sort === null && text === '') {
      setArranged(AS_THEY_CAME);
      return;
    }
    let here = true;
    setArranged((before) => ({ ...before, reading: true }));
    const timer = setTimeout(() => {
      readAll(MOST_READ).then(
        (all) => {
          if (!here) return;
          const found = text === '' ? all.map((_, i) => i) : matching(all, text);
          const chosen = new Set(found);
          const order = sort === null ? found : sorted(all, sort).filter((i) => chosen.has(i));
          setArranged({ order, all, cut: total > all.length, reading: false, problem: null });
        },
        (error) => here && setArranged({ ...AS_THEY_CAME, problem: asProblem(error) }),
      );
    }, 120);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [readAll, total, sort, text]);
  return arranged;
}
