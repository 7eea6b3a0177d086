/** Names a secret: chosen from those there are, or added; its value is never shown and never in the document. */

import { Modal, PasswordInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '../controls';
import { Icon } from '../icons';
import type { ControlProps } from './Control';
import { useForm } from './context';
import classes from './form.module.css';

const ADD = '\0add';

export function SecretControl({ id, label, value, change, wrong, disabled, required }: ControlProps) {
  const { services } = useForm();
  const [secrets, setSecrets] = useState<{ name: string; hosts: string[] }[]>([]);
  const [adding, setAdding] = useState(false);
  const load = useCallback(() => {
    services.secrets?.().then(setSecrets, () => setSecrets([]));
  }, [services]);
  useEffect(load, [load]);

  const now = typeof value === 'string' && value !== '' ? value : null;
  const known = secrets.some((secret) => secret.name === now);
  const data = [
    ...secrets.map((secret) => ({ value: secret.name, label: secret.name })),
    ...(now && !known ? [{ value: now, label: now }] : []),
    ...(services.addSecret ? [{ value: ADD, label: 'Add a secret' }] : []),
  ];
  return (
    <>
      <Select
        id={id}
        aria-label={label}
        data={data}
        value={now}
        onChange={(name) => {
          if (name === ADD) setAdding(true);
          else change([], name ?? undefined);
        }}
        onDropdownOpen={load}
        allowDeselect={false}
        rightSection={<Icon name="down" size={14} />}
        clearable={!required && now !== null}
        comboboxProps={{ shadow: 'md', radius: 'md', transitionProps: { duration: 90 } }}
        renderOption={({ option }) => {
          const hosts = secrets.find((secret) => secret.name === option.value)?.hosts;
          return (
            <span className={classes.option}>
              {option.label}
              {hosts && <small>{hosts.length > 0 ? `Goes to ${hosts.join(', ')}` : 'Goes nowhere yet'}</small>}
            </span>
          );
        }}
        placeholder="Choose a secret"
        error={wrong}
        disabled={disabled}
        classNames={{ input: classes.input ?? '' }}
      />
      {now && !known && secrets.length > 0 && (
        <div className={classes.note} data-severity="warning">
          This machine has no secret of that name.
        </div>
      )}
      {adding && services.addSecret && (
        <NewSecret
          close={() => setAdding(false)}
          add={async (secret) => {
            await services.addSecret?.(secret);
            load();
            change([], secret.name);
            setAdding(false);
          }}
        />
      )}
    </>
  );
}

type NewSecretProps = { close: () => void; add: (secret: { name: string; value: string; hosts: string[] }) => Promise<void> };

function NewSecret({ close, add }: NewSecretProps) {
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const [hosts, setHosts] = useState<string[]>([]);
  const [problem, setProblem] = useState('');
  return (
    <Modal opened onClose={close} title="Add a secret" centered size={420}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          add({ name: name.trim(), value: secret, hosts }).catch((error: unknown) =>
            setProblem(
              error instanceof Error || (typeof error === 'object' && error && 'message' in error)
                ? String((error as { message: unknown }).message)
                : String(error),
            ),
          );
        }}
      >
        <TextInput
          label="Name"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="Value"
          description="Kept encrypted on this machine. It is never shown again and never in a flow."
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          autoComplete="off"
          required
          withAsterisk={false}
        />
        <TagsInput
          label="May be sent to"
          description="Hosts, for example api.example.org. Enter adds one."
          value={hosts}
          onChange={setHosts}
          acceptValueOnBlur
        />
        {problem && (
          <div className={classes.note} data-severity="error" role="alert">
            {problem}
          </div>
        )}
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="pri" disabled={name.trim() === '' || secret === ''}>
            Add
          </Button>
        </div>
      </form>
    </Modal>
  );
}
