/** A value in one line, in the colours of code. */

import classes from './form.module.css';
import { isObject, type Json } from './json';

const LIMIT = 80;

export function previewText(value: Json | undefined, limit = LIMIT): string {
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return `[ ${value.length.toLocaleString('en')} ${value.length === 1 ? 'value' : 'values'} ]`;
  if (isObject(value)) {
    const keys = Object.keys(value);
    const shown = keys.slice(0, 2).join(', ');
    return keys.length > 2 ? `{ ${shown}, …${keys.length - 2} }` : `{ ${shown} }`;
  }
  const text = JSON.stringify(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

export function Preview({ value, limit }: { value: Json | undefined; limit?: number }) {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return (
    <span className={classes.preview} data-kind={kind}>
      {previewText(value, limit)}
    </span>
  );
}
