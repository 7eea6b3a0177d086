// Numbers and times in words.
const whole = new Intl.NumberFormat('en-US');
const cache = new Map<number, string>();

/** A count with thousands separators. */
export function count(n: number): string {
  let text = cache.get(n);
  if (text === undefined) {
    if (cache.size > 5000) cache.clear();
    text = whole.format(n);
    cache.set(n, text);
  }
  return text;
}

/** "1 item", "36 items". */
export const items = (n: number): string => `${count(n)} ${n === 1 ? 'item' : 'items'}`;

/** How long: "38 ms", "0.6 s", "2 min 5 s". */
export function span(ms: number): string {
  if (ms < 500) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return s % 60 === 0 ? `${m} min` : `${m} min ${s % 60} s`;
  return `${Math.floor(m / 60)} h ${m % 60} min`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** When: "today 14:02", "yesterday 09:10", "3 Mar 14:02". */
export function when(at: number, now = Date.now()): string {
  const date = new Date(at);
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const time = clock.format(date);
  if (at >= midnight.getTime()) return `today ${time}`;
  if (at >= midnight.getTime() - 86_400_000) return `yesterday ${time}`;
  return date.getFullYear() === midnight.getFullYear() ? `${day.format(date)} ${time}` : dayYear.format(date);
}

/** How long ago, up to a day; then when. */
export function ago(at: number, now = Date.now()): string {
  const s = Math.round((now - at) / 1000);
  if (s < 45) return 'just now';
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
  if (s < 86_400) return `${Math.round(s / 3600)} h ago`;
  return when(at, now);
}
