// One flow in the list: its drawing, its name, who changed it, how it is.
import { Menu } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { call, type FlowSummary } from '../api';
import { showFlow } from '../app';
import { ago, Chip, count, Icon, IconButton, problem, when } from '../kit';
import { Drawing } from './Drawing';
import classes from './flows.module.css';
import { folderOf, stateOf } from './state';

interface Props {
  flow: FlowSummary;
  readOnly: boolean;
  rename(): void;
  remove(): void;
}

export function FlowRow({ flow, readOnly, rename, remove }: Props) {
  const state = stateOf(flow);
  const folder = folderOf(flow.id);
  const ran = flow.last_run;
  return (
    <div className={classes.row}>
      <button type="button" className={classes.open} data-flow={flow.id} onClick={() => showFlow(flow.id)} onKeyDown={alongRows}>
        <span className={classes.thumb}>
          <Drawing drawing={flow.drawing} />
        </span>
        <span className="grow">
          <span className={`${classes.name} cut`}>{flow.name}</span>
          <span className={`${classes.sub} cut`}>
            {flow.broken ?? (
              <>
                {folder !== '' && `${folder} · `}
                {count(flow.nodes)} {flow.nodes === 1 ? 'node' : 'nodes'} · {flow.edited_by}, {ago(flow.edited_at)}
              </>
            )}
          </span>
        </span>
        {state && (
          <Chip tone={state.tone} icon={state.icon}>
            {state.words}
          </Chip>
        )}
        <span className={classes.when}>{ran ? when(ran.started_at ?? ran.created_at) : ''}</span>
      </button>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <IconButton icon="more" label={`More for ${flow.name}`} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="folderOpen" />} onClick={() => showFlow(flow.id)}>
            Open
          </Menu.Item>
          {!readOnly && (
            <>
              <Menu.Item
                leftSection={<Icon name="power" />}
                onClick={() => void call('flow_use', { flow: flow.id, on: !flow.in_use }).catch(problem)}
              >
                {flow.in_use ? 'Take out of use' : 'Put in use'}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="pencil" />} onClick={rename}>
                Rename
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<Icon name="trash" />} onClick={remove}>
                Remove
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Arrows go from row to row. */
function alongRows(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const all = [...document.querySelectorAll<HTMLElement>('[data-flow]')];
  const next = all[all.indexOf(event.currentTarget) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
