/** A list: rows of 28 in one well, with a grip to order them; rows of objects open to their fields. */

import { useState } from 'react';
import { Icon } from '../icons';
import { Control, type ControlProps } from './Control';
import { type Change, useForm } from './context';
import { Fields } from './Fields';
import classes from './form.module.css';
import { isObject, type Json, setIn } from './json';
import { reading } from './literal';
import { previewText } from './preview';
import { ScalarCell } from './ScalarCell';
import { blank, choiceLabelOf, type Property, read, type Schema, words } from './schema';

export function ListControl({ id, label, value, change, path, disabled, item }: ControlProps & { item: Schema }) {
  const { root } = useForm();
  const rows: Json[] = Array.isArray(value) ? value : [];
  const { schema, shape, nullable } = read(item, root);
  const [open, setOpen] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const scalar = shape.kind === 'text' || shape.kind === 'number' || shape.kind === 'path';

  const put =
    (index: number): Change =>
    (sub, next, typing) => {
      const row = setIn(rows[index], sub, next);
      change([], row === undefined ? rows.toSpliced(index, 1) : rows.with(index, row), typing);
    };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rows.length || from === to) return;
    const taken = rows[from];
    if (taken === undefined) return;
    change([], rows.toSpliced(from, 1).toSpliced(to, 0, taken));
    if (open !== null) setOpen(null);
  };
  const properties = shape.kind === 'object' ? shape.properties : [];
  // Rows that say less keep to the columns of those that say most.
  const columns = Math.max(1, ...rows.map((row) => plainOf(row, properties, root).length));
  const one = typeof item.$ref === 'string' ? nameOf(item.$ref) : singular(label);

  return (
    <div id={id} role="group" aria-label={label}>
      <div className={classes.well}>
        {rows.map((row, index) => (
          <div key={index}>
            <div
              className={classes.row}
              data-over={over === index && dragged !== null && dragged !== index}
              onDragOver={(event) => {
                if (dragged === null) return;
                event.preventDefault();
                setOver(index);
              }}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged !== null) move(dragged, index);
                setDragged(null);
                setOver(null);
              }}
            >
              {!disabled && (
                <button
                  type="button"
                  className={classes.grip}
                  draggable
                  aria-label={`Move ${one} ${index + 1}: arrow up or down`}
                  onDragStart={() => setDragged(index)}
                  onDragEnd={() => {
                    setDragged(null);
                    setOver(null);
                  }}
                  onKeyDown={(event) => {
                    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
                    if (step === 0) return;
                    event.preventDefault();
                    const grips = event.currentTarget
                      .closest(`.${classes.well}`)
                      ?.querySelectorAll<HTMLElement>(`.${classes.grip}`);
                    move(index, index + step);
                    grips?.[index + step]?.focus();
                  }}
                >
                  <Icon name="grip" size={14} />
                </button>
              )}
              {scalar ? (
                <ScalarCell
                  label={`${one} ${index + 1}`}
                  value={row}
                  number={shape.kind === 'number'}
                  integer={shape.kind === 'number' && shape.integer}
                  change={(next, typing) => put(index)([], next, typing)}
                  disabled={disabled}
                  autoFocus={open === index && row === blank(item, root)}
                />
              ) : (
                <Cells
                  row={row}
                  schema={schema}
                  properties={properties}
                  columns={columns}
                  open={open === index}
                  label={`${one} ${index + 1}`}
                  toggle={() => setOpen(open === index ? null : index)}
                />
              )}
              {!disabled && (
                <button
                  type="button"
                  className={classes.remove}
                  aria-label={`Remove ${one} ${index + 1}`}
                  onClick={() => {
                    setOpen(null);
                    change([], rows.toSpliced(index, 1));
                  }}
                >
                  <Icon name="close" size={14} />
                </button>
              )}
            </div>
            {!scalar && open === index && (
              <div className={`${classes.open} ${classes.form} ${classes.unfold}`}>
                {shape.kind === 'object' && isObject(row) ? (
                  <Fields
                    properties={shape.properties}
                    extra={shape.extra}
                    value={row}
                    path={[...path, String(index)]}
                    change={put(index)}
                  />
                ) : (
                  <Control
                    id={`${id}-${index}`}
                    label={`${one} ${index + 1}`}
                    describedBy={undefined}
                    schema={schema}
                    shape={shape}
                    nullable={nullable}
                    required
                    path={[...path, String(index)]}
                    value={row}
                    change={put(index)}
                    wrong={false}
                    disabled={disabled}
                  />
                )}
              </div>
            )}
          </div>
        ))}
      </div>
      {!disabled && (
        <button
          type="button"
          className={classes.add}
          onClick={() => {
            setOpen(rows.length);
            change([], [...rows, blank(item, root)]);
          }}
        >
          <Icon name="plus" size={14} />
          {`Add ${article(one)} ${one}`}
        </button>
      )}
    </div>
  );
}

type CellsProps = {
  row: Json;
  schema: Schema;
  properties: Property[];
  columns: number;
  open: boolean;
  label: string;
  toggle: () => void;
};

const PLAIN = ['text', 'number', 'choice', 'boolean', 'path', 'secret', 'flow', 'code', 'any'];

/** The first three plain members that a row has. */
const plainOf = (row: Json, properties: readonly Property[], root: Schema): Property[] =>
  isObject(row)
    ? properties
        .filter(({ key, schema }) => PLAIN.includes(read(schema, root).shape.kind) && row[key] !== undefined && row[key] !== null)
        .slice(0, 3)
    : [];

/** What a closed row says: its first three plain members, or the value in one line. */
function Cells({ row, schema, properties, columns, open, label, toggle }: CellsProps) {
  const { root } = useForm();
  const object = isObject(row) ? row : undefined;
  const shown = plainOf(row, properties, root);
  const text =
    shown.length === 0
      ? [{ text: labelOf(row, schema, root), code: false }]
      : shown.map((property) => cell(object?.[property.key], property.schema, root));
  return (
    <button
      type="button"
      className={classes.cells}
      data-columns={text.length > 1 ? columns : 1}
      aria-expanded={open}
      aria-label={`${label}: ${text.map((one) => one.text).join(', ')}`}
      onClick={toggle}
    >
      {text.map((one, index) => (
        <span key={index} data-expression={one.code}>
          {one.text}
        </span>
      ))}
    </button>
  );
}

function labelOf(row: Json, schema: Schema, root: Schema): string {
  const { shape } = read(schema, root);
  if (shape.kind === 'choice') return choiceLabelOf(shape.choices, row);
  return isObject(row) && Object.keys(row).length === 0 ? 'Empty' : previewText(row, 40);
}

function cell(value: Json | undefined, schema: Schema, root: Schema): { text: string; code: boolean } {
  const now = reading(value);
  if (now.mode === 'expression') return { text: now.text.startsWith('js/') ? now.text.slice(3) : now.text, code: true };
  const { shape } = read(schema, root);
  if (shape.kind === 'choice' && now.value !== undefined)
    return { text: choiceLabelOf(shape.choices, now.value).toLowerCase(), code: false };
  if (typeof now.value === 'boolean')
    return { text: now.value ? words(String(schema.title ?? 'yes')).toLowerCase() : 'no', code: false };
  return { text: typeof now.value === 'string' ? now.value || 'empty' : previewText(now.value, 40), code: false };
}

/** A type calls its rows by its own name: `#/$defs/SortKey` reads "sort key". */
const nameOf = (reference: string) => words(reference.slice(reference.lastIndexOf('/') + 1)).toLowerCase();

/** "Measures" -> "measure". */
export function singular(label: string): string {
  const lower = label.toLowerCase();
  if (lower === 'series') return lower;
  if (/(ies)$/.test(lower)) return lower.replace(/ies$/, 'y');
  if (/(sses|xes|ches)$/.test(lower)) return lower.replace(/es$/, '');
  return /[^su]s$/.test(lower) ? lower.slice(0, -1) : lower;
}

const article = (word: string) => (/^[aeio]/.test(word) ? 'an' : 'a');
