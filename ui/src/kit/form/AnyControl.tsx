/** A field that takes any value: plain ones in one line, whose kind stands beside; lists and objects as JSON. */

import { Menu } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../icons';
import type { ControlProps } from './Control';
import { useDraft } from './draft';
import { useFieldNames } from './fieldNames';
import classes from './form.module.css';
import { JsonControl } from './JsonControl';
import type { Json } from './json';
import { placeholderOf } from './simple';

/** Text that reads as another plain value: `5`, `true`, `null`. */
const READS_AS = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null)$/;

/** What typed words stand for: `5` is a number, `true` a yes, all else text. */
export function fromWords(text: string): Json {
  const trimmed = text.trim();
  return READS_AS.test(trimmed) ? (JSON.parse(trimmed) as Json) : text;
}

type Kind = 'text' | 'number' | 'yes or no' | 'null' | 'json';

function kindOf(value: Json | undefined): Kind {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yes or no';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'json' : 'text';
}

/** The value of one kind as another, as near as it gets. */
function turned(value: Json | undefined, kind: Kind): Json {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  switch (kind) {
    case 'number':
      return Number(text) || 0;
    case 'yes or no':
      return text === 'true';
    case 'null':
      return null;
    case 'json':
      return value === undefined || typeof value === 'object' ? {} : [value];
    default:
      return text;
  }
}

export function AnyControl(props: ControlProps) {
  const { id, label, describedBy, value, required, change, wrong, disabled } = props;
  // "5" that is meant as text stays text while it is edited.
  const [asText, setAsText] = useState(typeof value === 'string' && READS_AS.test(value.trim()));
  const kept = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const draft = useDraft(kept, (text, typing) =>
    change([], text === '' && !required && !asText ? undefined : asText ? text : fromWords(text), typing),
  );
  const kind = kindOf(value);
  const fields = useFieldNames(props.schema, props.path);
  const menu = !disabled && value !== undefined && (
    <Menu position="bottom-end" width={140}>
      <Menu.Target>
        <button type="button" className={classes.kindbutton} aria-label={`${label} is ${kind}: choose another kind`}>
          {kind}
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['text', 'number', 'yes or no', 'null', 'json'] as const).map((one) => (
          <Menu.Item
            key={one}
            onClick={() => {
              setAsText(one === 'text');
              change([], turned(value, one));
            }}
          >
            {one === 'json' ? 'list or fields' : one}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
  if (kind === 'json') {
    return (
      <JsonControl
        id={id}
        label={label}
        describedBy={describedBy}
        value={value}
        disabled={disabled}
        change={(next, typing) => change([], next, typing)}
      />
    );
  }
  return (
    <div className={`${classes.input} ${classes.any}`} data-error={wrong || undefined}>
      <input
        id={id}
        className={classes.plain}
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
        onBlur={draft.flush}
        disabled={disabled}
        aria-invalid={wrong || undefined}
        placeholder={placeholderOf(props)}
        spellCheck={false}
        {...fields.input}
      />
      {fields.list}
      {menu}
    </div>
  );
}
