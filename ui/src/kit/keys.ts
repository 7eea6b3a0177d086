// Keys: how they are written in code (`mod+shift+z`), matched, and shown.
const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const SHOWN: Record<string, string> = {
  mod: MAC ? '⌘' : 'Ctrl',
  shift: MAC ? '⇧' : 'Shift',
  alt: MAC ? '⌥' : 'Alt',
  enter: '↵',
  escape: 'Esc',
  delete: 'Del',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
};

/** The keys as they are shown on screen. */
export const keyWords = (keys: string): string[] =>
  keys.split('+').map((k) => SHOWN[k] ?? (k.length === 1 ? k.toUpperCase() : k.charAt(0).toUpperCase() + k.slice(1)));

/** Whether an event is this chord. Digits go by place, so that no layout needs Shift for them. */
export function isChord(event: KeyboardEvent, keys: string): boolean {
  const want = keys.split('+');
  const key = want.at(-1)!;
  const mod = MAC ? event.metaKey : event.ctrlKey;
  if (mod !== want.includes('mod') || event.altKey !== want.includes('alt')) return false;
  const pressed = event.key.toLowerCase();
  if (/^\d$/.test(key)) return event.code === `Digit${key}` && event.shiftKey === want.includes('shift');
  if (key === 'plus') return pressed === '+';
  if (key.length === 1 && !/[a-z]/.test(key)) return pressed === key;
  if (event.shiftKey !== want.includes('shift')) return false;
  return pressed === key || (event.altKey && event.code === `Key${key.toUpperCase()}`);
}

/** Whether letters belong to what has the focus: a field, an editor. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
