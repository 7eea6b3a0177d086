// The system clipboard, in browsers and web views that give it away differently.
let lastCopied: string | null = null;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** A paste event comes within this many milliseconds of its keys, or not at all. */
const PATIENCE = 80;

/** Puts text on the clipboard; says whether other programs will see it. */
export async function write(text: string): Promise<boolean> {
  lastCopied = text;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byCommand(text);
  }
}

/** The old way, for pages that may not write by themselves. */
function byCommand(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'hidden-words';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}

/** Text of the clipboard, asked for; what was copied here last where it may not be read. */
async function read(): Promise<string | null> {
  try {
    return (await navigator.clipboard.readText()) || lastCopied;
  } catch {
    return lastCopied;
  }
}

/** The paste keys were pressed: the paste event gives the text without asking; where none comes it is asked for. */
export function pasteSoon(run: (text: string) => void) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    waiting = undefined;
    const text = await read();
    if (text?.trim()) run(text);
  }, PATIENCE);
}

/** A paste event came. */
export function pasted(event: ClipboardEvent, run: (text: string) => void) {
  const text = event.clipboardData?.getData('text/plain');
  if (!text?.trim()) return;
  clearTimeout(waiting);
  waiting = undefined;
  event.preventDefault();
  run(text);
}
