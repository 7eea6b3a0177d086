// The one deciding setting of a card, in words: `{field}` templates, the first that fills wins.
import type { Json } from '../api';
import { count } from '../kit';

const LONGEST = 120;
/** Characters of a path that fit on a card. */
const PATH_FITS = 20;

type Fields = Record<string, Json>;
const isObject = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at `a.0.b` in the settings; `#` counts, `*` names what is in a list or a map. */
function at(settings: Json, path: string): Json {
  let value = settings;
  for (const key of path.split('.')) {
    if (isObject(value) && '$literal' in value) value = value.$literal;
    if (key === '#' || (key === 'length' && !(isObject(value) && 'length' in value))) {
      value = Array.isArray(value) ? value.length || null : isObject(value) ? Object.keys(value).length || null : null;
    } else if (key === '*') value = Array.isArray(value) ? value : isObject(value) ? Object.keys(value) : null;
    else if (typeof value === 'object' && value !== null) value = (value as Fields)[key];
    else return undefined;
  }
  return value;
}

/** A setting as it reads on a card; null where there is nothing to read. */
export function reads(value: Json): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string')
    return (value.startsWith('js/') ? value.slice(3) : value).replace(/\s+/g, ' ').trim().slice(0, LONGEST) || null;
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.length === 0
      ? null
      : value
          .map((v) => reads(v) ?? '')
          .join(', ')
          .slice(0, LONGEST);
  if (!isObject(value)) return null;
  if ('$literal' in value) return reads(value.$literal);
  const keys = Object.keys(value);
  return keys.length === 0 ? null : keys.join(', ').slice(0, LONGEST);
}

/** The card's second line. */
export function cardWords(templates: readonly string[], settings: Json): string {
  for (const template of templates) {
    let fills = true;
    const text = template.replace(/\{([^{}]+)\}/g, (_, path: string) => {
      const word = reads(at(settings, path.trim()));
      if (word === null) fills = false;
      return word ?? '';
    });
    if (!fills) continue;
    const one = text.replace(/^1 (\w+)s$/, '1 $1').trim();
    if (one !== '') return /^\S*\/\S*$/.test(one) ? middle(one, PATH_FITS) : one;
  }
  return '';
}

/** A long path: its file name, which is cut in the middle where it alone is too long. */
export function middle(text: string, fits: number): string {
  if (text.length <= fits) return text;
  const name = text.slice(text.lastIndexOf('/') + 1);
  if (name !== '' && name.length <= fits) return name;
  const tail = Math.min(text.length - (text.lastIndexOf('/') + 1), fits - 4);
  const keep = Math.max(tail, Math.ceil(fits / 2));
  return `${text.slice(0, fits - keep - 1)}…${text.slice(-keep)}`;
}
