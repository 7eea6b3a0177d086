// Flows are made, renamed and taken away in small dialogs.
import { Autocomplete, Modal, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { asProblem, call, closeFlow, edit, type FlowSummary, keepFlow } from '../api';
import { closeTab, renameTab, showFlow } from '../app';
import { Button, notice } from '../kit';
import classes from './flows.module.css';
import { folderOf, foldersOf } from './state';

interface DialogProps {
  title: string;
  act: string;
  close(): void;
  /** Throws a problem, which is said below the fields. */
  does(): Promise<void>;
  ready?: boolean;
  children: ReactNode;
}

function Dialog({ title, act, close, does, ready = true, children }: DialogProps) {
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await does();
      close();
    } catch (error) {
      const { message, help } = asProblem(error);
      setWrong(`${message} ${help}`.trim());
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={title} centered size={420}>
      <form className={classes.dialog} onSubmit={(event) => void submit(event)}>
        {children}
        {wrong !== '' && (
          <p className="errc t12" role="alert">
            {wrong}
          </p>
        )}
        <div className={classes.acts}>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="pri" disabled={busy || !ready}>
            {act}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function NewFlow({ flows, close }: { flows: readonly FlowSummary[]; close(): void }) {
  const [name, setName] = useState('Untitled flow');
  const [folder, setFolder] = useState('');
  const folders = foldersOf(flows);
  return (
    <Dialog
      title="New flow"
      act="Make it"
      close={close}
      ready={name.trim() !== ''}
      does={async () => {
        const flow = keepFlow(await call('flow_new', { name: name.trim(), folder: folder.trim() || null }));
        showFlow(flow.id);
      }}
    >
      <TextInput
        label="Name"
        value={name}
        data-autofocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Autocomplete
        label="Folder"
        description="Under flows/ in the workspace. Empty is the top."
        data={folders}
        value={folder}
        onChange={setFolder}
      />
    </Dialog>
  );
}

export function RenameFlow({ flow, close }: { flow: FlowSummary; close(): void }) {
  const [name, setName] = useState(flow.name);
  const [id, setId] = useState(flow.id);
  return (
    <Dialog
      title={`Rename ${flow.name}`}
      act="Rename"
      close={close}
      ready={name.trim() !== '' && id.trim() !== ''}
      does={async () => {
        if (name.trim() !== flow.name) {
          await edit(flow.id, `Rename the flow to ${name.trim()}`, [
            { do: 'set', entity: '', field: 'name', value: name.trim() },
          ]);
        }
        if (id.trim() === flow.id) return;
        const moved = await call('flow_rename', { flow: flow.id, to: id.trim() });
        keepFlow(moved);
        renameTab(flow.id, moved.id);
        closeFlow(flow.id);
      }}
    >
      <TextInput
        label="Name"
        value={name}
        data-autofocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="File"
        description={`flows/${id.trim() || '…'}; flows that call it follow.`}
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
      />
    </Dialog>
  );
}

export function RemoveFlow({ flow, close }: { flow: FlowSummary; close(): void }) {
  return (
    <Dialog
      title={`Remove ${flow.name}`}
      act="Remove"
      close={close}
      does={async () => {
        await call('flow_remove', { flow: flow.id });
        closeTab(flow.id);
        closeFlow(flow.id);
        notice(`${flow.name} is in the workspace's trash.`, undefined, 'trash');
      }}
    >
      <p>
        {folderOf(flow.id) !== '' && `${flow.id}: `}The file goes to the workspace's trash; its runs stay.
        {flow.in_use && ' Its triggers stop listening.'}
      </p>
    </Dialog>
  );
}
