// The one deciding setting of a card, in words: `{field}` templates, the first that fills wins.
import type { Json } from '../api';
import { count } from '../kit';

const LONGEST = 120;
/** Characters of a path that fit on a card. */
const PATH_FITS = 22;

/** What stands at `a.b.length` in the settings. */
function at(settings: Json, path: string): Json {
  let value = settings;
  for (const key of path.split('.')) {
    if (Array.isArray(value) && key === 'length') value = value.length;
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && key === 'length' && !('length' in value))
      value = Object.keys(value).length;
    else if (typeof value === 'object' && value !== null) value = (value as Record<string, Json>)[key];
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
  const fields = value as Record<string, Json>;
  if ('$literal' in fields) return reads(fields.$literal);
  const keys = Object.keys(fields);
  return keys.length === 0 ? null : keys.join(', ').slice(0, LONGEST);
}

/** The card's second line. */
export function cardWords(templates: readonly string[], settings: Json): string {
  for (const template of templates) {
    let fills = true;
    const text = template.replace(/\{([^{}]+)\}/g, (_, path: string) => {
      const value = at(settings, path.trim());
      const word = reads(value);
      if (word === null || (path.endsWith('.length') && value === 0)) fills = false;
      return word ?? '';
    });
    if (!fills) continue;
    const one = text.replace(/^1 (\w+)s$/, '1 $1').trim();
    if (one !== '') return /^\S*\/\S*$/.test(one) ? middle(one, PATH_FITS) : one;
  }
  return '';
}

/** A long path, cut in the middle: its file name stays. */
export function middle(text: string, fits: number): string {
  if (text.length <= fits) return text;
  const tail = Math.min(text.length - (text.lastIndexOf('/') + 1), fits - 4);
  const keep = Math.max(tail, Math.ceil(fits / 2));
  return `${text.slice(0, fits - keep - 1)}…${text.slice(-keep)}`;
}
