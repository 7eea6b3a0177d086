// Commands: what keys, palette and menus call. A feature adds its own and takes them away again.
import { type IconName, isChord, isTyping } from '../kit';

export interface Command {
  id: string;
  title: string | (() => string);
  icon: IconName;
  /** `mod+shift+z`; several apart by spaces. */
  keys?: string;
  /** Where its keys work: while the canvas has the focus, everywhere but in fields, or really everywhere. */
  area?: 'canvas' | 'window' | 'always';
  /** Not offered, and its keys dead, where this says no. */
  when?(): boolean;
  /** The browser does its part too: a paste event follows. */
  native?: boolean;
  /** Keys only, not in the palette. */
  silent?: boolean;
  run(): void;
}

const sets = new Set<readonly Command[]>();

/** Adds commands; the function it gives takes them away. */
export function addCommands(list: readonly Command[]): () => void {
  sets.add(list);
  return () => {
    sets.delete(list);
  };
}

/** All commands that can be done now. */
export const commands = (): Command[] => [...sets].flat().filter((c) => c.when?.() !== false);

/** Does a command by its id. */
export function doCommand(id: string) {
  commands()
    .find((c) => c.id === id)
    ?.run();
}

export const commandTitle = (c: Command): string => (typeof c.title === 'string' ? c.title : c.title());

/** Whether the keys of the canvas are meant: it has the focus, or nothing has. */
function onCanvas(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  return target === document.body || target.closest('[data-region=canvas]') !== null;
}

/** The field of an empty flow has nothing of its own to undo: what is meant is the flow. */
const isIdleField = (target: EventTarget | null, event: KeyboardEvent): boolean =>
  target instanceof HTMLInputElement &&
  target.value === '' &&
  (event.ctrlKey || event.metaKey) &&
  target.closest('.canvas-area') !== null;

/** Hears keys for all commands. */
export function listenKeys(): () => void {
  const heard = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const typing = isTyping(event.target) && !isIdleField(event.target, event);
    for (const c of commands()) {
      if (!c.keys?.split(' ').some((k) => isChord(event, k))) continue;
      const area = c.area ?? 'window';
      if (area !== 'always' && (typing || document.querySelector('[role=dialog][data-modal]'))) continue;
      if (area === 'canvas' && !onCanvas(event.target)) continue;
      if (!c.native) event.preventDefault();
      c.run();
      return;
    }
  };
  window.addEventListener('keydown', heard);
  return () => window.removeEventListener('keydown', heard);
}
