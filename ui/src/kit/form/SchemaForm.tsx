/** A form made from JSON Schema: what a node type says of its settings is all it needs. */

import { useMemo } from 'react';
import { type Change, Form, type FormServices, type Note } from './context';
import { Fields } from './Fields';
import classes from './form.module.css';
import { JsonControl } from './JsonControl';
import { isObject, type Json } from './json';
import { read, type Schema } from './schema';

export type SchemaFormProps = {
  schema: Schema;
  value: Json | undefined;
  /** What the form stands for, for the editor of a schema that is no object. */
  label: string;
  onChange: Change;
  notes?: readonly Note[];
  services?: FormServices;
  readOnly?: boolean;
  expressions?: boolean;
};

const NO_NOTES: readonly Note[] = [];
const NO_SERVICES: FormServices = {};

export function SchemaForm({
  schema,
  value,
  label,
  onChange,
  notes = NO_NOTES,
  services = NO_SERVICES,
  readOnly = false,
  expressions = true,
}: SchemaFormProps) {
  const context = useMemo(
    () => ({ root: schema, notes, services, readOnly, expressions }),
    [schema, notes, services, readOnly, expressions],
  );
  const { shape } = useMemo(() => read(schema, schema), [schema]);
  const asFields = shape.kind === 'object' && (value === undefined || value === null || isObject(value));
  return (
    <Form.Provider value={context}>
      <div className={classes.form}>
        {asFields ? (
          <Fields
            properties={shape.properties}
            extra={shape.extra}
            value={isObject(value) ? value : undefined}
            path={[]}
            change={onChange}
          />
        ) : hasNothing(schema, value) ? null : (
          <JsonControl
            id={`${label}-json`}
            label={label}
            value={value}
            change={(next, typing) => onChange([], next, typing)}
            disabled={readOnly}
          />
        )}
      </div>
    </Form.Provider>
  );
}

/** A node without settings shows no editor for an empty object. */
function hasNothing(schema: Schema, value: Json | undefined) {
  const empty = value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
  return empty && (schema.type === 'object' || schema.type === 'null') && !isObject(schema.additionalProperties);
}
