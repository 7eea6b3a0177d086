/** A map: name and value side by side; a name is told when its field is left. */

import { useState } from 'react';
import { Icon } from '../icons';
import { Control, type ControlProps } from './Control';
import { type Change, useForm } from './context';
import classes from './form.module.css';
import { isObject, type Json } from './json';
import { singular } from './ListControl';
import { ScalarCell } from './ScalarCell';
import { blank, read, type Schema } from './schema';

export function MapControl({ id, label, value, change, path, disabled, item }: ControlProps & { item: Schema }) {
  const { root } = useForm();
  const map = isObject(value) ? value : {};
  const [adding, setAdding] = useState(false);
  const { schema, shape, nullable } = read(item, root);
  const scalar = ['text', 'number', 'path', 'any'].includes(shape.kind);
  const one = singular(label);

  const put =
    (key: string): Change =>
    (sub, next, typing) => {
      // A map that is not in the document yet is written whole.
      if (value === undefined && sub.length === 0) change([], { ...map, [key]: next ?? null }, typing);
      else change([key, ...sub], next, typing);
    };
  const rename = (from: string, to: string) => {
    if (to === from || to === '' || Object.hasOwn(map, to)) return;
    change([], Object.fromEntries(Object.entries(map).map(([key, inner]) => [key === from ? to : key, inner])));
  };
  const add = (key: string) => {
    setAdding(false);
    if (key === '' || Object.hasOwn(map, key)) return;
    const fresh = blank(item, root);
    change([], { ...map, [key]: fresh ?? '' });
  };

  return (
    <div id={id} role="group" aria-label={label}>
      <div className={classes.well}>
        {Object.entries(map).map(([key, inner]) => (
          <div key={key}>
            <div className={classes.row}>
              <KeyCell name={key} disabled={disabled} label={`Name of ${one} ${key}`} done={(to) => rename(key, to)} />
              {scalar && !isObject(inner) && !Array.isArray(inner) ? (
                <ScalarCell
                  label={key}
                  value={inner}
                  number={shape.kind === 'number'}
                  integer={shape.kind === 'number' && shape.integer}
                  any={shape.kind === 'any'}
                  change={(next, typing) => put(key)([], next, typing)}
                  disabled={disabled}
                />
              ) : (
                <span className={classes.space} />
              )}
              {!disabled && (
                <button
                  type="button"
                  className={classes.remove}
                  aria-label={`Remove ${one} ${key}`}
                  onClick={() => change([], Object.fromEntries(Object.entries(map).filter(([other]) => other !== key)))}
                >
                  <Icon name="close" size={14} />
                </button>
              )}
            </div>
            {!(scalar && !isObject(inner) && !Array.isArray(inner)) && (
              <div className={`${classes.open} ${classes.form}`}>
                <Control
                  id={`${id}-${key}`}
                  label={key}
                  describedBy={undefined}
                  schema={schema}
                  shape={shape}
                  nullable={nullable}
                  required
                  path={[...path, key]}
                  value={inner as Json}
                  change={put(key)}
                  wrong={false}
                  disabled={disabled}
                />
              </div>
            )}
          </div>
        ))}
        {adding && (
          <div className={classes.row}>
            <KeyCell name="" disabled={false} label={`Name of the new ${one}`} done={add} autoFocus />
            <span className={classes.space} />
          </div>
        )}
      </div>
      {!disabled && !adding && (
        <button type="button" className={classes.add} onClick={() => setAdding(true)}>
          <Icon name="plus" size={14} />
          {`Add ${/^[aeio]/.test(one) ? 'an' : 'a'} ${one}`}
        </button>
      )}
    </div>
  );
}

type KeyProps = { name: string; label: string; disabled: boolean; done: (name: string) => void; autoFocus?: boolean };

function KeyCell({ name, label, disabled, done, autoFocus = false }: KeyProps) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <input
      className={`${classes.bare} ${classes.key}`}
      aria-label={label}
      placeholder="name"
      value={draft ?? name}
      disabled={disabled}
      // biome-ignore lint/a11y/noAutofocus: the row was asked for a moment ago.
      autoFocus={autoFocus}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        done((draft ?? name).trim());
        setDraft(null);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          event.stopPropagation();
          setDraft(name);
        }
      }}
    />
  );
}
