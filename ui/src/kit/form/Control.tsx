/** Picks the control that fits a field's shape, and falls back to JSON where the value does not fit the shape. */

import { AnyControl } from './AnyControl';
import { CodeControl } from './CodeControl';
import { type Change, useForm } from './context';
import { Fields } from './Fields';
import { FlowControl } from './FlowControl';
import classes from './form.module.css';
import { JsonControl } from './JsonControl';
import { isObject, type Json, type Path } from './json';
import { ListControl } from './ListControl';
import { MapControl } from './MapControl';
import { PathControl } from './PathControl';
import { SecretControl } from './SecretControl';
import { blank, type Schema, type Shape } from './schema';
import { BooleanControl, ChoiceControl, NumberControl, TextControl } from './simple';
import { UnionControl } from './UnionControl';

export type ControlProps = {
  id: string;
  label: string;
  describedBy: string | undefined;
  schema: Schema;
  shape: Shape;
  nullable: boolean;
  required: boolean;
  path: Path;
  /** The fixed value; undefined where the field is absent. */
  value: Json | undefined;
  change: Change;
  wrong: boolean;
  disabled: boolean;
};

export function Control(props: ControlProps) {
  const { root } = useForm();
  const { shape, value, nullable, disabled, change, label } = props;
  if (value === null && nullable) {
    return (
      <div className={classes.nothing}>
        <span>Empty on purpose (null)</span>
        {!disabled && (
          <button type="button" id={props.id} className={classes.link} onClick={() => change([], undefined)}>
            Clear
          </button>
        )}
      </div>
    );
  }
  if (value === undefined && nullable && shape.kind === 'object') {
    return (
      <div className={classes.nothing}>
        <span>Not set</span>
        {!disabled && (
          <button type="button" id={props.id} className={classes.link} onClick={() => change([], blank(props.schema, root))}>
            Set
          </button>
        )}
      </div>
    );
  }
  if (!takes(shape, value)) return <JsonField {...props} />;
  switch (shape.kind) {
    case 'text':
      return <TextControl {...props} many={shape.lines === 'many'} />;
    case 'code':
      return <CodeControl {...props} language={shape.language} />;
    case 'number':
      return <NumberControl {...props} integer={shape.integer} min={shape.min} max={shape.max} />;
    case 'boolean':
      return <BooleanControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} choices={shape.choices} />;
    case 'secret':
      return <SecretControl {...props} />;
    case 'path':
      return <PathControl {...props} names={shape.names} />;
    case 'flow':
      return <FlowControl {...props} />;
    case 'any':
      return <AnyControl {...props} />;
    case 'list':
      return <ListControl {...props} item={shape.item} />;
    case 'map':
      return <MapControl {...props} item={shape.value} />;
    case 'union':
      return <UnionControl {...props} branches={shape.branches} />;
    case 'object':
      return (
        <div className={`${classes.form} ${classes.inner}`} role="group" aria-label={label}>
          <Fields
            properties={shape.properties}
            extra={shape.extra}
            value={isObject(value) ? value : undefined}
            path={props.path}
            change={change}
          />
        </div>
      );
    default:
      return <JsonField {...props} />;
  }
}

function JsonField({ id, label, describedBy, value, change, disabled }: ControlProps) {
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

/** Whether the control of a shape can show a value without losing any of it. */
function takes(shape: Shape, value: Json | undefined): boolean {
  if (value === undefined) return true;
  switch (shape.kind) {
    case 'text':
    case 'code':
    case 'path':
    case 'secret':
    case 'flow':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
    case 'map':
      return isObject(value);
    default:
      return true;
  }
}
