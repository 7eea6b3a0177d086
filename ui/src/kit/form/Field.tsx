/** One field: label, changed-from-default dot, Fixed or Expression, its control, help, and what is wrong with it. */

import { Tooltip } from '@mantine/core';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Control } from './Control';
import { type Change, type Note, useForm } from './context';
import { ExpressionControl } from './ExpressionControl';
import classes from './form.module.css';
import { equal, isObject, type Json, type Path, pointer, setIn } from './json';
import { looksLikeExpression, reading, toExpression, toFixed, writeFixed } from './literal';
import { Said } from './Said';
import { read, type Schema, words } from './schema';

type Props = {
  name: string;
  schema: Schema;
  required: boolean;
  value: Json | undefined;
  path: Path;
  change: Change;
  /** The schema does not name this key: it is kept and shown all the same. */
  unknown?: boolean;
  unfolding?: boolean;
};

export function Field({ name, schema, required, value, path, change, unknown = false, unfolding = false }: Props) {
  const id = useId();
  const { root, notes, readOnly, expressions } = useForm();
  const { schema: bare, shape, nullable } = read(schema, root);
  const literal = bare['x-weft-literal'] === true;
  const mayVary = expressions && !literal && shape.kind !== 'secret';
  const now = reading(value, !mayVary);

  // While an expression is typed it may for a moment not look like one; the field stays what it was.
  const [typingExpression, setTypingExpression] = useState(false);
  const isExpression = mayVary && (now.mode === 'expression' || typingExpression);
  const fixedBefore = useRef<Json | undefined>(undefined);

  const label = typeof bare.title === 'string' ? bare.title : words(name);
  const description = unknown ? 'This node type does not know this field. It is kept as it is.' : bare.description;
  // Plain optional fields are cleared where they stand; a dot on each would say nothing.
  const preset = bare.default ?? undefined;
  const compound = ['object', 'union', 'json'].includes(shape.kind);
  const changed = !required && value !== undefined && (preset === undefined ? compound : !equal(value, preset));
  const here = pointer(path);
  const own = notes.flatMap((note) => notesAt(note, here, shape.kind));
  const wrong = own.some((note) => note.severity === 'error');
  const describedBy =
    [own.length > 0 ? `${id}-notes` : '', description ? `${id}-help` : ''].filter(Boolean).join(' ') || undefined;

  // Mantine's inputs know only descriptions of their own, so the words below a field are tied to it here.
  useEffect(() => {
    const control = document.getElementById(id);
    if (!control?.matches('input, textarea, button')) return;
    if (describedBy) control.setAttribute('aria-describedby', describedBy);
    else control.removeAttribute('aria-describedby');
  });

  const set: Change = (sub, next, typing) => {
    if (sub.length === 0) change(sub, mayVary ? writeFixed(next) : next, typing);
    else if (looksWrapped(value))
      change([], { $literal: setIn(now.mode === 'fixed' ? now.value : undefined, sub, next) ?? null }, typing);
    else change(sub, mayVary ? writeFixed(next) : next, typing);
  };

  const choose = (mode: 'fixed' | 'expression') => {
    if (mode === 'expression') {
      fixedBefore.current = now.mode === 'fixed' ? now.value : undefined;
      change([], toExpression(now.mode === 'fixed' ? (now.value ?? preset) : undefined));
      setTypingExpression(true);
    } else {
      const said = now.mode === 'expression' ? toFixed(now.text) : value;
      change([], writeFixed(fixedBefore.current ?? (shapeTakes(shape.kind, said) ? said : undefined)));
      setTypingExpression(false);
    }
  };

  const always = bare['x-weft-per-item'] === true || isExpression;
  const fixed = now.mode === 'fixed' ? now.value : undefined;
  const inLabel = shape.kind === 'boolean' && !isExpression;
  const control = {
    id,
    label,
    describedBy,
    schema: bare,
    shape,
    nullable,
    required,
    path,
    value: fixed,
    change: set,
    wrong,
    disabled: readOnly,
  };

  return (
    <div className={`${classes.field} ${unfolding ? classes.unfold : ''}`} data-field={here}>
      <div className={classes.label}>
        {changed && !unknown && !readOnly && (
          <Tooltip label={preset === undefined ? 'Clear' : 'Back to the default'}>
            <button
              type="button"
              className={classes.dot}
              aria-label={`${label} was changed: back to the default`}
              onClick={() => change([], undefined)}
            />
          </Tooltip>
        )}
        <label htmlFor={id} id={`${id}-label`}>
          {label}
        </label>
        <span className={classes.space} />
        {mayVary && !readOnly && (
          <span
            className={`${classes.switch} ${always ? '' : classes.quiet}`}
            role="group"
            aria-label={`${label}: fixed or expression`}
          >
            <button type="button" aria-pressed={!isExpression} onClick={() => isExpression && choose('fixed')}>
              Fixed
            </button>
            <button type="button" aria-pressed={isExpression} onClick={() => !isExpression && choose('expression')}>
              Expression
            </button>
          </span>
        )}
        {counts(shape.kind, fixed)}
        {inLabel && <Control {...control} />}
      </div>
      {isExpression ? (
        <ExpressionControl
          id={id}
          label={label}
          describedBy={describedBy}
          text={now.mode === 'expression' ? now.text : typeof value === 'string' ? value : ''}
          note={own.find((note) => note.span)}
          disabled={readOnly}
          fresh={typingExpression && now.mode === 'expression' && now.text === 'js/'}
          change={(text, typing) => {
            setTypingExpression(true);
            change([], text, typing);
          }}
          leave={() => setTypingExpression(false)}
        />
      ) : (
        !inLabel && <Control {...control} />
      )}
      <Notes id={`${id}-notes`} notes={own} />
      {typeof description === 'string' && (
        <div className={classes.help} id={`${id}-help`}>
          <Said text={description} />
          {isExpression && bare['x-weft-per-item'] === true && ' Worked out for each item.'}
        </div>
      )}
    </div>
  );
}

/** What is said at a field: what speaks of it, and of closed rows below it, with their place. */
function notesAt(note: Note, here: string, kind: string): Note[] {
  if (note.field === here) return [note];
  if (!note.field.startsWith(`${here}/`) || !['json', 'list', 'map', 'any'].includes(kind)) return [];
  const row = note.field.slice(here.length + 1).split('/')[0] ?? '';
  const place = kind === 'list' ? `${Number(row) + 1}: ` : kind === 'map' ? `${row}: ` : '';
  return [{ ...note, message: place + note.message, span: undefined }];
}

/** What the flow's check found at this field. */
export function Notes({ id, notes }: { id?: string; notes: readonly Note[] }) {
  if (notes.length === 0) return null;
  return (
    <div id={id}>
      {notes.map((note) => (
        <div key={note.message} className={classes.note} data-severity={note.severity}>
          {note.severity === 'error' ? (
            <CircleAlert size={14} strokeWidth={2.4} aria-hidden />
          ) : note.severity === 'warning' ? (
            <TriangleAlert size={14} strokeWidth={2.4} aria-hidden />
          ) : (
            <Info size={14} strokeWidth={2.4} aria-hidden />
          )}
          <span>
            {note.message} <span className={classes.more}>{note.help}</span>
          </span>
        </div>
      ))}
    </div>
  );
}

function counts(kind: string, value: Json | undefined) {
  if (kind !== 'list' || !Array.isArray(value) || value.length === 0) return null;
  return <span className={classes.count}>{value.length}</span>;
}

const looksWrapped = (value: Json | undefined) =>
  isObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, '$literal');

/** Whether a constant that stood in an expression can be the fixed value of such a field. */
function shapeTakes(kind: string, value: Json | undefined): boolean {
  if (value === undefined || looksLikeExpression(value)) return false;
  switch (kind) {
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
    case 'map':
      return isObject(value);
    case 'text':
    case 'code':
    case 'path':
      return typeof value === 'string';
    default:
      return true;
  }
}
