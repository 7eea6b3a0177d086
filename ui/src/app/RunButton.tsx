// The one primary button: runs the flow, or a part of it; while something runs it stops it.
import { Menu } from '@mantine/core';
import { useFlow, useLatestRun } from '../api';
import { Icon, Kbd } from '../kit';
import { startRun, stopRun } from './running';
import { isLive, useSelectedNode } from './screen';

export function RunButton({ flow }: { flow: string }) {
  const document = useFlow(flow);
  const run = useLatestRun(flow);
  const node = useSelectedNode(flow);
  if (document === undefined || document.nodes.length === 0) return null;
  if (isLive(run)) {
    return (
      <button type="button" className="btn std errc stop" onClick={() => stopRun(flow)}>
        <Icon name="square" size={13} />
        Stop <Kbd keys="mod+alt+enter" joined />
      </button>
    );
  }
  const name = document.nodes.find((n) => n.id === node)?.name;
  const pick = `“${name}”`;
  return (
    <span className="split">
      <button type="button" className="btn pri" onClick={() => startRun(flow)}>
        <Icon name="play" size={13} />
        Run <Kbd keys="mod+enter" joined />
      </button>
      {node !== null && (
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <button type="button" className="btn pri" aria-label="Run a part">
              <Icon name="down" size={14} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => startRun(flow, { part: 'to_here', node })} rightSection={<Kbd keys="mod+shift+enter" />}>
              Run to {pick}
            </Menu.Item>
            <Menu.Item onClick={() => startRun(flow, { part: 'from_here', node, run: null })}>Run from {pick}</Menu.Item>
            <Menu.Item
              onClick={() => startRun(flow, { part: 'only_this', node, run: null })}
              rightSection={<Kbd keys="shift+enter" />}
            >
              Run only {pick}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </span>
  );
}
