/** A value inside a row: text or a number; text that reads as an expression is one unless told otherwise. */

import { Tooltip } from '@mantine/core';
import { fromWords } from './AnyControl';
import { useForm } from './context';
import { useDraft } from './draft';
import classes from './form.module.css';
import type { Json } from './json';
import { looksLikeExpression, reading, writeFixed } from './literal';

type Props = {
  label: string;
  value: Json;
  number?: boolean;
  integer?: boolean;
  /** The schema takes anything: `5` and `true` become what they look like. */
  any?: boolean;
  change: (value: Json, typing?: boolean) => void;
  disabled: boolean;
  autoFocus?: boolean;
};

export function ScalarCell({
  label,
  value,
  number = false,
  integer = false,
  any = false,
  change,
  disabled,
  autoFocus = false,
}: Props) {
  const { expressions } = useForm();
  const now = reading(value, !expressions);
  const kept =
    now.mode === 'expression'
      ? now.text
      : now.value === undefined || now.value === null
        ? any && now.value === null
          ? 'null'
          : ''
        : String(now.value);
  const isLiteral = now.mode === 'fixed' && looksLikeExpression(now.value);
  const draft = useDraft(kept, (text, typing) =>
    change(isLiteral ? (writeFixed(text) as Json) : parse(text, number, integer, any, expressions), typing),
  );
  return (
    <>
      <input
        className={classes.bare}
        aria-label={label}
        inputMode={number ? 'decimal' : undefined}
        style={now.mode === 'expression' ? { font: 'var(--t-code)' } : undefined}
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
        onBlur={draft.flush}
        disabled={disabled}
        // biome-ignore lint/a11y/noAutofocus: the row was asked for a moment ago.
        autoFocus={autoFocus}
      />
      {expressions && looksLikeExpression(draft.value) && !disabled && (
        <Tooltip label={isLiteral ? 'Plain text; make it an expression' : 'An expression; make it plain text'}>
          <button
            type="button"
            className={classes.link}
            aria-pressed={!isLiteral}
            aria-label={`${label} is an expression`}
            style={{ padding: '0 6px', ...(isLiteral && { color: 'var(--ink-3)' }) }}
            onClick={() => change(isLiteral ? draft.value : (writeFixed(draft.value) as Json))}
          >
            ƒ
          </button>
        </Tooltip>
      )}
    </>
  );
}

function parse(text: string, number: boolean, integer: boolean, any: boolean, expressions: boolean): Json {
  if (expressions && looksLikeExpression(text)) return text;
  if (number) {
    const parsed = Number(text);
    return text.trim() === '' || Number.isNaN(parsed) || (integer && !Number.isInteger(parsed)) ? text : parsed;
  }
  return any ? fromWords(text) : text;
}
