/** How code looks: our tokens, in every theme. */

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', font: 'var(--t-code)', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '18px' },
  '.cm-content': { padding: '5px 0', caretColor: 'var(--accent-ink)' },
  '.cm-line': { padding: '0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--accent-ink)', borderLeftWidth: '1.5px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-3)', border: 'none' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--press)' },
  '.cm-wrong': { textDecoration: 'underline 2px var(--error)', textUnderlineOffset: '3px' },
  '.cm-prefix, .cm-prefix > span': { color: 'var(--ink-3)' },
  '.cm-hole': { color: 'var(--woad)' },
  '.cm-foldPlaceholder': {
    background: 'var(--press)',
    border: 'none',
    color: 'var(--ink-2)',
    padding: '0 6px',
    borderRadius: 'var(--r-4)',
  },
  '.cm-tooltip': {
    background: 'var(--card)',
    border: 'none',
    borderRadius: 'var(--r-12)',
    boxShadow: 'var(--lift-2)',
    padding: '4px',
    zIndex: 'var(--z-menu)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '220px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px', borderRadius: 'var(--r-6)', color: 'var(--ink)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--ink-2)', marginLeft: '12px' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword, tags.self], color: 'var(--accent-ink)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--woad)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--orchil)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--greenweed)' },
  { tag: tags.number, color: 'var(--saffron)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-3)' },
  { tag: tags.variableName, color: 'var(--accent-ink)' },
]);

export const codeTheme: Extension = [look, syntaxHighlighting(colours)];
