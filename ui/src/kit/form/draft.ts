/** Text while it is being typed: shown at once, told after a pause or when the field is left. */

import { useCallback, useEffect, useRef, useState } from 'react';

const PAUSE = 350;

export type Draft<T> = {
  value: T;
  set: (value: T) => void;
  /** Tells now what is still unsaid. */
  flush: () => void;
};

export function useDraft<T>(
  kept: T,
  tell: (value: T, typing: boolean) => void,
  same: (a: T, b: T) => boolean = Object.is,
): Draft<T> {
  const [draft, setDraft] = useState<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const waiting = useRef<{ value: T } | null>(null);
  const latest = useRef(tell);
  latest.current = tell;

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const unsaid = waiting.current;
    waiting.current = null;
    if (unsaid) latest.current(unsaid.value, true);
  }, []);

  const set = useCallback(
    (value: T) => {
      setDraft({ value });
      waiting.current = { value };
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, PAUSE);
    },
    [flush],
  );

  // What was typed is shown until the document says the same, or something else after it was told.
  const keptAt = useRef(kept);
  useEffect(() => {
    if (same(keptAt.current, kept)) return;
    keptAt.current = kept;
    if (!waiting.current) setDraft(null);
  }, [kept, same]);

  useEffect(() => flush, [flush]);

  return { value: draft ? draft.value : kept, set, flush };
}
