// What a form shows between an edit and its echo: the edit as if it were kept, so that the next one builds on it.
import { useEffect, useRef, useState } from 'react';
import { equal, type Json, type Path, setIn } from '../kit';

/** Longer than an echo takes; after it the document counts, whatever it says. */
const ECHO = 1500;

export interface Overlay {
  value: Json;
  /** Shows the change at once and sends it; what was refused is taken back. */
  send(path: Path, next: Json | undefined, does: (whole: Json) => Promise<boolean>): void;
}

export function useOverlay(kept: Json): Overlay {
  const [local, setLocal] = useState<{ value: Json } | null>(null);
  const latest = useRef(kept);
  const open = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const value = local ? local.value : kept;
  latest.current = value;

  useEffect(() => {
    if (local !== null && equal(local.value, kept)) setLocal(null);
  }, [kept, local]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const send: Overlay['send'] = (path, next, does) => {
    const whole = latest.current;
    const after = setIn(whole, path, next) ?? {};
    latest.current = after;
    setLocal({ value: after });
    open.current += 1;
    clearTimeout(timer.current);
    void does(whole).then((done) => {
      open.current -= 1;
      if (!done) setLocal(null);
      else if (open.current === 0) timer.current = setTimeout(() => setLocal(null), ECHO);
    });
  };
  return { value, send };
}
