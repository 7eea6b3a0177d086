/** Names of the fields that items have here, offered where a setting names one. */

import { useId, useState } from 'react';
import { useForm } from './context';
import { isObject, type Path } from './json';
import type { Schema } from './schema';

/** Whether a setting names a field of the items. */
const namesField = (schema: Schema, path: Path) => schema['x-weft-per-item'] === true || path.at(-1) === 'field';

/** What an input needs to offer them; they are asked for when it gets the focus. */
export function useFieldNames(schema: Schema, path: Path) {
  const id = useId();
  const { services } = useForm();
  const [names, setNames] = useState<string[] | null>(null);
  const attempt = services.tryExpression;
  if (!attempt || !namesField(schema, path)) return { input: {}, list: null };
  const ask = () => {
    if (names !== null) return;
    attempt('js/item', 0).then(
      ({ value }) => setNames(isObject(value) ? Object.keys(value) : []),
      // Without a run there is nothing to offer.
      () => setNames([]),
    );
  };
  const list = (
    <datalist id={id}>
      {names?.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
  return { input: { list: id, onFocus: ask }, list };
}
