/** Completion in expressions: the members of what stands before the dot, with their values on the chosen item. */

import type { CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import type { FormServices } from './context';
import { isObject, type Json } from './json';
import { previewText } from './preview';

const ROOTS: [string, string][] = [
  ['item', 'the current item'],
  ['items', 'all items that came in'],
  ['index', 'its position, from 0'],
  ['nodes', 'what other nodes gave'],
  ['data', 'the current item'],
  ['ctx', 'everything there is'],
];

/** A path of plain members: reading it changes nothing. */
const BEFORE_DOT = /([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*)\.([\w$]*)$/;
const WORD = /(?:^|[^\w$.'"`])([A-Za-z_$][\w$]*)$/;

export function completeFrom(tryExpression: NonNullable<FormServices['tryExpression']>, item: () => number): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const line = context.state.doc.sliceString(0, context.pos);
    const code = line.startsWith('js/') ? line.slice(3) : line.slice(line.lastIndexOf('${') + 2);
    if (!line.startsWith('js/') && (!line.includes('${') || line.lastIndexOf('}') > line.lastIndexOf('${'))) return null;
    const member = BEFORE_DOT.exec(code);
    if (member) {
      const [, path = '', word = ''] = member;
      const tried = await tryExpression(`js/${path}`, item()).catch(() => undefined);
      if (!tried || context.aborted) return null;
      return { from: context.pos - word.length, options: membersOf(tried.value), validFor: /^[\w$]*$/ };
    }
    const word = WORD.exec(code)?.[1] ?? '';
    if (word === '' && !context.explicit) return null;
    return {
      from: context.pos - word.length,
      options: ROOTS.map(([label, detail]) => ({ label, detail, type: 'variable' })),
      validFor: /^[\w$]*$/,
    };
  };
}

export function membersOf(value: Json | undefined) {
  if (Array.isArray(value)) {
    return ['length', 'map', 'filter', 'find', 'some', 'every', 'join', 'slice', 'at', 'reduce'].map((label) => ({
      label,
      type: 'method',
    }));
  }
  if (typeof value === 'string') {
    return [
      'length',
      'slice',
      'split',
      'trim',
      'toLowerCase',
      'toUpperCase',
      'includes',
      'startsWith',
      'endsWith',
      'replace',
      'padStart',
    ].map((label) => ({ label, type: 'method' }));
  }
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => /^[A-Za-z_$][\w$]*$/.test(key))
    .map((label) => ({ label, detail: previewText(value[label], 24), type: 'property' }));
}
