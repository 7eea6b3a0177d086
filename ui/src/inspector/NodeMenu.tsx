// What can be done with a node: run parts of the flow, switch it off, pin what it gave, take it away.
import { Menu } from '@mantine/core';
import { call, type Flow, type Node, undo } from '../api';
import { select, startRun } from '../app';
import { Icon, IconButton, type IconName, notice, problem } from '../kit';
import { commit } from './commit';

interface Props {
  flow: Flow;
  node: Node;
  pinned: boolean;
  readOnly: boolean;
  run: string | null;
}

export function NodeMenu({ flow, node, pinned, readOnly, run }: Props) {
  const off = node.options.disabled;
  const switchTo = (value: string | null, label: string) =>
    void commit(flow.id, `${label} ${node.name}`, [{ do: 'set', entity: node.id, field: 'disabled', value }]);
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <IconButton icon="more" label="More" />
      </Menu.Target>
      <Menu.Dropdown>
        <Item icon="play" onClick={() => void startRun(flow.id, { part: 'to_here', node: node.id })}>
          Run to here
        </Item>
        {run !== null && (
          <>
            <Item icon="skip" onClick={() => void startRun(flow.id, { part: 'from_here', node: node.id, run })}>
              Run from here
            </Item>
            <Item icon="dot" onClick={() => void startRun(flow.id, { part: 'only_this', node: node.id, run })}>
              Run only this
            </Item>
          </>
        )}
        {!readOnly && (
          <>
            <Menu.Divider />
            {off === undefined || off === null ? (
              <>
                <Item icon="power" onClick={() => switchTo('off', 'Switch off')}>
                  Switch off
                </Item>
                <Item icon="skip" onClick={() => switchTo('bypass', 'Bypass')}>
                  Bypass
                </Item>
              </>
            ) : (
              <Item icon="power" onClick={() => switchTo(null, 'Switch on')}>
                Switch on
              </Item>
            )}
            {(pinned || run !== null) && (
              <Item icon={pinned ? 'unpin' : 'pin'} onClick={() => void togglePin(flow, node, run)}>
                {pinned ? 'Free output' : 'Pin output'}
              </Item>
            )}
            <Menu.Divider />
            <Item icon="trash" onClick={() => void remove(flow, node)}>
              Delete
            </Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Item({ icon, onClick, children }: { icon: IconName; onClick(): void; children: React.ReactNode }) {
  return (
    <Menu.Item leftSection={<Icon name={icon} size={16} />} onClick={onClick}>
      {children}
    </Menu.Item>
  );
}

async function remove(flow: Flow, node: Node) {
  select(flow.id, []);
  if (await commit(flow.id, `Delete ${node.name}`, [{ do: 'remove', ids: [node.id] }])) {
    notice(`${node.name} is gone.`, { label: 'Undo', run: () => void undo(flow.id).catch(problem) }, 'trash');
  }
}

/** Pins what the shown run gave, or frees the output. */
export async function togglePin(flow: Flow, node: Node, run: string | null) {
  try {
    await call('flow_pin', { flow: flow.id, node: node.id, ...(flow.pinned.includes(node.id) ? {} : { run }) });
  } catch (error) {
    problem(error);
  }
}
