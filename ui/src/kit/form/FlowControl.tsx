/** Names one of the workspace's flows. */

import { Select } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { Icon } from '../icons';
import type { ControlProps } from './Control';
import { useForm } from './context';
import classes from './form.module.css';

export function FlowControl({ id, label, value, required, change, wrong, disabled }: ControlProps) {
  const { services } = useForm();
  const [flows, setFlows] = useState<{ id: string; name: string }[]>([]);
  const load = useCallback(() => {
    // Without the list the name that is there stays chosen.
    services.flows?.().then(setFlows, () => {});
  }, [services]);
  useEffect(load, [load]);
  const now = typeof value === 'string' && value !== '' ? value : null;
  const known = flows.some((flow) => flow.id === now);
  return (
    <Select
      id={id}
      aria-label={label}
      data={[
        ...flows.map((flow) => ({ value: flow.id, label: flow.name })),
        ...(now && !known ? [{ value: now, label: now }] : []),
      ]}
      value={now}
      onChange={(flow) => change([], flow ?? undefined)}
      onDropdownOpen={load}
      searchable
      clearable={!required && now !== null}
      allowDeselect={false}
      rightSection={<Icon name="down" size={14} />}
      comboboxProps={{ shadow: 'md', radius: 'md', transitionProps: { duration: 90 } }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          {option.label}
          {option.label !== option.value && <small>{option.value}</small>}
        </span>
      )}
      placeholder="Choose a flow"
      nothingFoundMessage="No flow is called that."
      error={wrong}
      disabled={disabled}
      classNames={{ input: classes.input ?? '' }}
    />
  );
}
