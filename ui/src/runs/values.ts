// Items as a table sees them: which columns there are, of what kind, and how a value reads.
import { type ItemView, words as idWords, type NodeTypeView } from '../api';
import { isObject, type Json, previewText } from '../kit';

export type Kind = 'number' | 'text' | 'boolean' | 'time' | 'list' | 'object' | 'file' | 'mixed';

export interface Column {
  /** The member; empty for items that are no objects. */
  key: string;
  name: string;
  kind: Kind;
  /** Digits behind the point, the same in the whole column. */
  decimals: number;
  /** Characters of the widest value looked at. */
  width: number;
}

/** Items that are no objects stand in this one column. */
export const WHOLE = '';
const FILE = '\0file:';
const MOST_COLUMNS = 100;
const LOOKED_AT = 300;
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function kindOf(value: Json): Kind {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return TIME.test(value) ? 'time' : 'text';
  return Array.isArray(value) ? 'list' : 'object';
}

/** The value of a cell; undefined where the item has none. */
export function cellOf(item: ItemView, key: string): Json | undefined {
  if (key.startsWith(FILE)) {
    const blob = item.blobs[key.slice(FILE.length)];
    return blob && `${blob.file_name ?? blob.media_type}, ${bytes(blob.size)}`;
  }
  const json = item.json as Json;
  if (key === WHOLE) return isObject(json) ? undefined : json;
  return isObject(json) && Object.hasOwn(json, key) ? json[key] : undefined;
}

/** The columns of these items, in the order in which their members first appear. */
export function columnsOf(items: readonly ItemView[]): Column[] {
  const found = new Map<string, Column>();
  const decimals = new Map<string, number>();
  for (const item of items.slice(0, LOOKED_AT)) {
    const json = item.json as Json;
    const keys = isObject(json) ? Object.keys(json) : [WHOLE];
    for (const key of [...keys, ...Object.keys(item.blobs).map((name) => FILE + name)]) {
      if (found.size >= MOST_COLUMNS && !found.has(key)) continue;
      const value = cellOf(item, key);
      const column = found.get(key) ?? { key, name: nameOf(key), kind: 'mixed' as Kind, decimals: 0, width: nameOf(key).length };
      if (value !== undefined && value !== null) {
        const kind = key.startsWith(FILE) ? 'file' : kindOf(value);
        column.kind =
          column.kind === 'mixed' && !decimals.has(key) ? kind : column.kind === kind ? kind : merged(column.kind, kind);
        decimals.set(key, Math.max(decimals.get(key) ?? 0, typeof value === 'number' ? shownDigits(value) : 0));
        column.width = Math.max(column.width, Math.min(40, previewText(value, 40).length));
      }
      found.set(key, column);
    }
  }
  for (const column of found.values()) column.decimals = decimals.get(column.key) ?? 0;
  return [...found.values()];
}

const nameOf = (key: string) => (key === WHOLE ? 'value' : key.startsWith(FILE) ? key.slice(FILE.length) : key);
const merged = (a: Kind, b: Kind): Kind => ((a === 'text' && b === 'time') || (a === 'time' && b === 'text') ? 'text' : 'mixed');

/** More digits behind the point than this are rounded in a cell; its tip, the tree and JSON have them all. */
const MOST_DIGITS = 6;
const ROUNDED = 3;

/** Digits behind the point, without what sums of binary fractions leave: 15 places are what a number holds. */
function digits(value: number): number {
  if (Number.isInteger(value)) return 0;
  const text = String(Number(value.toPrecision(15)));
  return text.includes('e') ? 0 : (text.split('.')[1]?.length ?? 0);
}

const shownDigits = (value: number) => (digits(value) > MOST_DIGITS ? ROUNDED : digits(value));

/** How a value reads in a cell. */
export function cellText(value: Json | undefined, column: Pick<Column, 'kind' | 'decimals'>): string {
  if (value === undefined) return '·';
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    // What is too small to be rounded stays as it is.
    const aligned = digits(value) <= column.decimals || Math.abs(value) >= 0.01;
    return column.kind === 'number' && aligned && !String(value).includes('e') ? value.toFixed(column.decimals) : String(value);
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return previewText(value, 60);
}

/** Orders values: numbers by size, text by words, what is missing last. */
export function compareCells(a: Json | undefined, b: Json | undefined): number {
  const missing = Number(a === undefined || a === null) - Number(b === undefined || b === null);
  if (missing !== 0 || a === undefined || a === null) return missing;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const left = previewText(a);
  const right = previewText(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export interface Spread {
  /** How many values fall into each of some even steps. */
  bins?: number[];
  /** How many different values there are. */
  different?: number;
  max: number;
}

const BINS = 10;

/** What stands in the head of a column, from all its values. */
export function spreadOf(values: (Json | undefined)[], kind: Kind): Spread {
  if (kind !== 'number') {
    return {
      different: new Set(values.filter((v) => v !== undefined).map((v) => (typeof v === 'string' ? v : JSON.stringify(v)))).size,
      max: 0,
    };
  }
  const numbers = values.filter((v): v is number => typeof v === 'number');
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const n of numbers) {
    if (n < low) low = n;
    if (n > high) high = n;
  }
  if (numbers.length === 0 || low === high) return { different: new Set(numbers).size, max: numbers.length ? high : 0 };
  const bins = new Array<number>(BINS).fill(0);
  for (const n of numbers) {
    const at = Math.min(BINS - 1, Math.floor(((n - low) / (high - low)) * BINS));
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return { bins, max: high };
}

/** A size in words: "12 kB". */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}

/** Positions in words: "item 15", "items 791–821", "31 items". Positions count from 1 on screen. */
export function placeWords(positions: readonly number[], known = true): string {
  if (!known) return 'not known';
  const [first] = positions;
  if (first === undefined) return 'none';
  if (positions.length === 1) return `item ${(first + 1).toLocaleString('en-US')}`;
  const last = positions[positions.length - 1] ?? first;
  const inRow = last - first === positions.length - 1 && positions.every((p, i) => p === first + i);
  if (inRow && first > 0) return `items ${(first + 1).toLocaleString('en-US')}–${(last + 1).toLocaleString('en-US')}`;
  return `${positions.length.toLocaleString('en-US')} items`;
}

/** The ports a node shows: those of its type, and `error` where a run used it. */
export function portsOf(type: NodeTypeView | undefined, ran: readonly { port: string }[]): { name: string; label: string }[] {
  const known = type?.outputs.map((port) => ({ name: port.name, label: port.label || idWords(port.name) })) ?? [];
  const more = ran
    .filter((one) => !known.some((port) => port.name === one.port))
    .map((one) => ({ name: one.port, label: idWords(one.port) }));
  return [...known, ...more];
}

/** What went wrong and what to do, as sentences. */
export function problemWords({ message, help }: { message: string; help: string }): string {
  const ended = /[.!?]$/.test(message) ? message : `${message}.`;
  return help === '' ? ended : `${ended} ${help}`;
}
