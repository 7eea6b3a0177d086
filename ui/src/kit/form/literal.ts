/** Fixed or expression: how a setting says which one it is. */

import { isObject, type Json } from './json';

/** Text the engine would evaluate: it starts with `js/` or holds `${`. */
export function looksLikeExpression(value: unknown): value is string {
  return typeof value === 'string' && (value.startsWith('js/') || value.includes('${'));
}

export type Reading = { mode: 'fixed'; value: Json | undefined } | { mode: 'expression'; text: string };

/** What stands in the document, seen as Fixed or Expression; `{"$literal": v}` is v. */
export function reading(value: Json | undefined, literal = false): Reading {
  if (literal) return { mode: 'fixed', value };
  if (looksLikeExpression(value)) return { mode: 'expression', text: value };
  if (isLiteral(value)) return { mode: 'fixed', value: value.$literal };
  return { mode: 'fixed', value };
}

function isLiteral(value: Json | undefined): value is { $literal: Json } {
  return isObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, '$literal');
}

/** A fixed value as the document holds it: wrapped only where it would be taken for an expression. */
export function writeFixed(value: Json | undefined, literal = false): Json | undefined {
  return !literal && looksLikeExpression(value) ? { $literal: value } : value;
}

/** The first text of the expression editor when a fixed value is turned into one. */
export function toExpression(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'js/';
  if (looksLikeExpression(value)) return value;
  return `js/${JSON.stringify(value)}`;
}

/** The fixed value to go back to: what the expression says, where it says nothing but a value. */
export function toFixed(text: string): Json | undefined {
  if (!text.startsWith('js/')) return text;
  try {
    return JSON.parse(text.slice(3)) as Json;
  } catch {
    return undefined;
  }
}
