/** The plain controls: text, number, yes or no, one of several. */

import { NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../icons';
import type { ControlProps } from './Control';
import { useDraft } from './draft';
import { useFieldNames } from './fieldNames';
import classes from './form.module.css';
import { equal, type Json } from './json';
import { Said } from './Said';
import type { Choice } from './schema';

const styles = { input: classes.input ?? '' };

/** What stands pale in an empty field: what applies while nothing is written. */
export function placeholderOf({ schema, required }: Pick<ControlProps, 'schema' | 'required'>): string {
  const preset = schema.default;
  if (typeof preset === 'string' && preset !== '') return preset;
  if (typeof preset === 'number' || typeof preset === 'boolean') return String(preset);
  const examples = schema.examples;
  if (Array.isArray(examples) && typeof examples[0] === 'string') return examples[0];
  return required ? '' : 'Not set';
}

export function TextControl(props: ControlProps & { many: boolean }) {
  const { id, value, required, change, wrong, disabled, many } = props;
  const kept = typeof value === 'string' ? value : '';
  const draft = useDraft(kept, (next, typing) => change([], next === '' && !required ? undefined : next, typing));
  const fields = useFieldNames(props.schema, props.path);
  const common = {
    id,
    value: draft.value,
    onBlur: draft.flush,
    error: wrong,
    disabled,
    placeholder: placeholderOf(props),
    spellCheck: many,
  };
  if (many || kept.includes('\n')) {
    return (
      <Textarea
        {...common}
        autosize
        minRows={many ? 2 : 1}
        maxRows={12}
        classNames={{ input: `${classes.input} ${classes.area}` }}
        onChange={(event) => draft.set(event.currentTarget.value)}
      />
    );
  }
  return (
    <>
      <TextInput {...common} {...fields.input} classNames={styles} onChange={(event) => draft.set(event.currentTarget.value)} />
      {fields.list}
    </>
  );
}

export function NumberControl(props: ControlProps & { integer: boolean; min?: number | undefined; max?: number | undefined }) {
  const { id, value, required, change, wrong, disabled, integer, min, max } = props;
  const kept: number | string = typeof value === 'number' ? value : '';
  const draft = useDraft<number | string>(kept, (next, typing) => {
    if (typeof next === 'number') change([], next, typing);
    else if (next === '' && !required) change([], undefined, typing);
  });
  return (
    <NumberInput
      id={id}
      value={draft.value}
      onChange={draft.set}
      onBlur={draft.flush}
      allowDecimal={!integer}
      {...(min !== undefined && { min })}
      {...(max !== undefined && { max })}
      hideControls
      error={wrong}
      disabled={disabled}
      placeholder={placeholderOf(props)}
      classNames={styles}
    />
  );
}

export function BooleanControl({ id, value, schema, change, disabled }: ControlProps) {
  const on = typeof value === 'boolean' ? value : schema.default === true;
  return <Switch id={id} checked={on} onChange={(event) => change([], event.currentTarget.checked)} disabled={disabled} />;
}

export function ChoiceControl({
  id,
  label,
  value,
  schema,
  required,
  nullable,
  change,
  wrong,
  disabled,
  choices,
}: ControlProps & { choices: Choice[] }) {
  const [search, setSearch] = useState('');
  const now: Json | undefined = value ?? schema.default;
  const at = choices.findIndex((choice) => now !== undefined && equal(choice.value, now));
  const data = choices.map((choice, index) => ({ value: String(index), label: choice.label }));
  // A value the schema does not know stays chosen and stays in the document.
  if (at < 0 && now !== undefined && now !== null)
    data.push({ value: 'other', label: typeof now === 'string' ? now : JSON.stringify(now) });
  const many = choices.length > 12;
  return (
    <Select
      id={id}
      aria-label={label}
      data={data}
      value={at >= 0 ? String(at) : now !== undefined && now !== null ? 'other' : null}
      onChange={(index) => {
        const chosen = choices[Number(index)];
        if (index === null) change([], undefined);
        else if (chosen) change([], chosen.value);
      }}
      searchable={many}
      {...(many && { searchValue: search, onSearchChange: setSearch })}
      clearable={!required && nullable && value !== undefined}
      allowDeselect={false}
      rightSection={<Icon name="down" size={14} />}
      maxDropdownHeight={280}
      comboboxProps={{ shadow: 'md', radius: 'md', transitionProps: { duration: 90 } }}
      renderOption={({ option }) => {
        const description = choices[Number(option.value)]?.description;
        return (
          <span className={classes.option}>
            {option.label}
            {description && (
              <small>
                <Said text={description} />
              </small>
            )}
          </span>
        );
      }}
      placeholder="Choose"
      error={wrong}
      disabled={disabled}
      classNames={styles}
    />
  );
}
