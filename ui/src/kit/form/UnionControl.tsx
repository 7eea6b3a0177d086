/** A choice between several forms, with the fields of the one that is chosen. */

import { Select } from '@mantine/core';
import { Icon } from '../icons';
import { Control, type ControlProps } from './Control';
import { type Change, useForm } from './context';
import { Fields } from './Fields';
import classes from './form.module.css';
import { JsonControl } from './JsonControl';
import { isObject } from './json';
import { Said } from './Said';
import { type Branch, blankBranch, branchOf, read } from './schema';

export function UnionControl(props: ControlProps & { branches: Branch[] }) {
  const { id, label, value, schema, required, path, change, wrong, disabled, branches } = props;
  const { root } = useForm();
  const now = value ?? schema.default;
  const at = branchOf(branches, now);
  const branch = branches[at];
  return (
    <>
      <Select
        id={id}
        aria-label={label}
        data={branches.map((one, index) => ({ value: String(index), label: one.label }))}
        value={at >= 0 ? String(at) : null}
        onChange={(index) => {
          const chosen = branches[Number(index)];
          if (index === null) change([], undefined);
          else if (chosen && Number(index) !== at) change([], blankBranch(chosen, root, now));
        }}
        allowDeselect={false}
        rightSection={<Icon name="down" size={14} />}
        clearable={!required && value !== undefined}
        comboboxProps={{ shadow: 'md', radius: 'md', transitionProps: { duration: 90 } }}
        renderOption={({ option }) => {
          const description = branches[Number(option.value)]?.description;
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
        placeholder={now === undefined || now === null ? 'Choose' : 'Another form'}
        error={wrong}
        disabled={disabled}
        classNames={{ input: classes.input ?? '' }}
      />
      {branch ? (
        <Inside key={at} branch={branch} label={label} path={path} value={now} change={change} disabled={disabled} />
      ) : (
        now !== undefined &&
        now !== null && (
          <div style={{ marginTop: 8 }}>
            <JsonControl
              id={`${id}-json`}
              label={label}
              value={now}
              change={(next, typing) => change([], next, typing)}
              disabled={disabled}
            />
          </div>
        )
      )}
    </>
  );
}

type InsideProps = {
  branch: Branch;
  label: string;
  path: ControlProps['path'];
  value: ControlProps['value'];
  change: Change;
  disabled: boolean;
};

function Inside({ branch, label, path, value, change, disabled }: InsideProps) {
  const { root } = useForm();
  if (branch.constant !== undefined) return null;
  const { schema, shape, nullable } = read(branch.schema, root);
  if (shape.kind === 'object' && isObject(value)) {
    const tag = branch.tag?.key;
    if (shape.properties.every((property) => property.key === tag) && Object.keys(value).every((key) => key === tag)) return null;
    return (
      <div className={`${classes.form} ${classes.inner} ${classes.unfold}`} style={{ marginTop: 10 }}>
        <Fields properties={shape.properties} extra={shape.extra} value={value} path={path} change={change} without={tag} />
      </div>
    );
  }
  return (
    <div style={{ marginTop: 8 }}>
      <Control
        id={`${path.join('-')}-inside`}
        label={`${label}, ${branch.label}`}
        describedBy={undefined}
        schema={schema}
        shape={shape}
        nullable={nullable}
        required
        path={path}
        value={value}
        change={change}
        wrong={false}
        disabled={disabled}
      />
    </div>
  );
}
