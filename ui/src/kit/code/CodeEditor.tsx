/** One CodeMirror editor: a field of one line, a box that grows, or a page that is only read. */

import {
  autocompletion,
  type CompletionSource,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, ensureSyntaxTree, foldEffect, foldGutter, foldKeymap } from '@codemirror/language';
import { Compartment, EditorState, type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, placeholder as placeholderText } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeTheme } from './theme';

export type CodeEditorProps = {
  value: string;
  language: 'expression' | 'template' | 'javascript' | 'json' | 'yaml' | 'text' | (string & {});
  label: string;
  describedBy?: string;
  readOnly?: boolean;
  placeholder?: string;
  /** Characters `[from, to)` that are wrong. */
  wrong?: readonly [number, number] | null;
  /** Folding marks at the left, for long texts. */
  folds?: boolean;
  /** What lies deeper than this is folded at first. */
  foldFrom?: number;
  autoFocus?: boolean;
  complete?: CompletionSource;
  onChange?: (text: string) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  onEscape?: () => void;
};

/** Folds objects and lists from a depth on, as far as the text is parsed at once. */
function foldDeep(view: EditorView, from: number) {
  const tree = ensureSyntaxTree(view.state, Math.min(view.state.doc.length, 100_000), 50);
  const effects: StateEffect<{ from: number; to: number }>[] = [];
  let depth = 0;
  tree?.iterate({
    enter(node) {
      if (node.name !== 'Object' && node.name !== 'Array') return;
      depth += 1;
      if (depth === from + 1 && node.to - node.from > 2) effects.push(foldEffect.of({ from: node.from + 1, to: node.to - 1 }));
    },
    leave(node) {
      if (node.name === 'Object' || node.name === 'Array') depth -= 1;
    },
  });
  if (effects.length > 0) view.dispatch({ effects });
}

/** The languages we can colour; every other one is plain text. */
function languageOf(name: string): Extension {
  switch (name) {
    case 'expression':
    case 'js':
    case 'javascript':
      return javascript();
    case 'ts':
    case 'typescript':
      return javascript({ typescript: true });
    case 'json':
      return json();
    case 'yaml':
      return yaml();
    default:
      return [];
  }
}

const setWrong = StateEffect.define<readonly [number, number] | null>();
const wrongMark = Decoration.mark({ class: 'cm-wrong' });

const wrongField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setWrong)) continue;
      const span = effect.value;
      const end = transaction.newDoc.length;
      const from = span ? Math.min(span[0], end) : 0;
      const to = span ? Math.min(Math.max(span[1], from + 1), end) : 0;
      next = span && from < to ? Decoration.set([wrongMark.range(from, to)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** `js/` at the start of an expression says how to read the rest: it is shown pale. Else each `${ }` stands out of its text. */
const prefixMark = Decoration.mark({ class: 'cm-prefix' });
const holeMark = Decoration.mark({ class: 'cm-hole' });
const HOLE = /\$\{[^}]*\}?/g;
const expressionMarks = EditorView.decorations.of((view) => {
  const builder = new RangeSetBuilder<Decoration>();
  const text = view.state.doc.toString();
  if (text.startsWith('js/')) builder.add(0, 3, prefixMark);
  else for (const hole of text.matchAll(HOLE)) builder.add(hole.index, hole.index + hole[0].length, holeMark);
  return builder.finish();
});

export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  const parts = useRef({ access: new Compartment(), language: new Compartment(), attributes: new Compartment() });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later changes reach it below.
  useEffect(() => {
    if (!host.current) return;
    const { access, language, attributes } = parts.current;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: props.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          EditorView.lineWrapping,
          codeTheme,
          wrongField,
          props.language === 'expression' || props.language === 'template' ? expressionMarks : [],
          props.folds ? foldGutter() : [],
          props.placeholder ? placeholderText(props.placeholder) : [],
          props.complete
            ? autocompletion({ override: [(context) => latest.current.complete?.(context) ?? null], icons: false })
            : [],
          language.of(languageOf(props.language)),
          access.of(accessOf(props.readOnly)),
          attributes.of(attributesOf(props)),
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            {
              key: 'Escape',
              run: () => {
                latest.current.onEscape?.();
                return latest.current.onEscape !== undefined;
              },
            },
            ...defaultKeymap,
            ...historyKeymap,
            ...foldKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('set'))) {
              latest.current.onChange?.(update.state.doc.toString());
            }
            if (update.focusChanged) (update.view.hasFocus ? latest.current.onFocus : latest.current.onBlur)?.();
          }),
        ],
      }),
    });
    view.current = editor;
    if (props.foldFrom !== undefined) foldDeep(editor, props.foldFrom);
    if (props.autoFocus) editor.focus();
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value }, userEvent: 'set' });
  }, [props.value]);

  const from = props.wrong?.[0];
  const to = props.wrong?.[1];
  useEffect(() => {
    view.current?.dispatch({ effects: setWrong.of(from === undefined || to === undefined ? null : [from, to]) });
  }, [from, to]);

  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.access.reconfigure(accessOf(props.readOnly)) });
  }, [props.readOnly]);

  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.language.reconfigure(languageOf(props.language)) });
  }, [props.language]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only these two reach the attributes.
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.attributes.reconfigure(attributesOf(props)) });
  }, [props.label, props.describedBy]);

  return <div ref={host} style={{ height: '100%', minWidth: 0 }} />;
}

function accessOf(readOnly: boolean | undefined): Extension {
  return [EditorState.readOnly.of(readOnly ?? false), EditorView.editable.of(!readOnly)];
}

function attributesOf(props: CodeEditorProps): Extension {
  const attributes: Record<string, string> = { 'aria-label': props.label, spellcheck: 'false' };
  if (props.describedBy) attributes['aria-describedby'] = props.describedBy;
  if (props.readOnly) attributes.tabindex = '0';
  return EditorView.contentAttributes.of(attributes);
}
