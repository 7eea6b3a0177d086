/** The fields of an object, in the order of the schema, with the keys the schema does not know at the end. */

import { type Change, useForm } from './context';
import { Field } from './Field';
import { equal, type Json, type JsonObject, type Path, setIn } from './json';
import { type Property, read, type Schema, type When } from './schema';

type Props = {
  properties: Property[];
  extra?: Schema | undefined;
  value: JsonObject | undefined;
  path: Path;
  change: Change;
  /** Members that are shown elsewhere: the tag of a union. */
  without?: string | undefined;
};

export function Fields({ properties, extra, value, path, change, without }: Props) {
  const { root } = useForm();
  const known = new Set(properties.map((property) => property.key));
  const unknown = Object.keys(value ?? {}).filter((key) => !known.has(key) && key !== without);
  const shown = properties.filter((property) => property.key !== without && unfolds(property.when, properties, value, root));
  // A member of an object that is not there yet: the object is written whole.
  const set: Change = (sub, next, typing) => {
    const [key] = sub;
    if (value !== undefined || path.length === 0 || key === undefined) return change(sub, next, typing);
    if (next !== undefined) change([], setIn({}, sub, next), typing);
  };
  return (
    <>
      {shown.map((property) => (
        <Field
          key={property.key}
          name={property.key}
          schema={property.schema}
          required={property.required}
          value={value?.[property.key]}
          path={[...path, property.key]}
          change={(sub, next, typing) => set([property.key, ...sub], next, typing)}
          unfolding={property.when !== undefined}
        />
      ))}
      {unknown.map((key) => (
        <Field
          key={key}
          name={key}
          schema={extra ?? {}}
          required={false}
          value={value?.[key]}
          path={[...path, key]}
          change={(sub, next, typing) => set([key, ...sub], next, typing)}
          unknown={extra === undefined}
        />
      ))}
    </>
  );
}

/** A conditional field stands while the field it depends on has one of its values, its default counted. */
function unfolds(when: When | undefined, properties: Property[], value: JsonObject | undefined, root: Schema): boolean {
  if (!when) return true;
  const other = properties.find((property) => property.key === when.field);
  const now: Json | undefined = value?.[when.field] ?? (other ? read(other.schema, root).schema.default : undefined);
  return when.equals.some((one) => equal(one, now ?? null));
}
