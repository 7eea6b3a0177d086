// The title bar: mark, workspace, tabs, Run. On the desktop its empty space drags the window.
import { Menu } from '@mantine/core';
import { closeFlow, useKept, words } from '../api';
import { Icon, IconButton, type SchemeChoice, useScheme } from '../kit';
import { newFlow } from './newFlow';
import { RunButton } from './RunButton';
import { closeTab, showFlow, showFlows, useScreen } from './screen';

export function TitleBar() {
  const active = useScreen((s) => (s.place === 'flow' ? s.active : null));
  return (
    <header className="title" data-tauri-drag-region data-region="title">
      <button type="button" className="home" aria-label="All flows" onClick={showFlows}>
        <Mark />
      </button>
      <WorkspaceMenu />
      <Tabs />
      <span className="sp" data-tauri-drag-region />
      {active !== null && <RunButton flow={active} />}
    </header>
  );
}

/** The mark: a plain weave; the middle stitch is the thread that travels. */
export function Mark({ size = 16 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" strokeWidth="2" strokeLinecap="round" aria-hidden>
      <path stroke="var(--accent-ink)" d="M1 3h4M8 1v4M11 3h4M3 6v4M13 6v4M1 13h4M8 11v4M11 13h4" />
      <path stroke="var(--madder-thread)" d="M6 8h4" />
    </svg>
  );
}

const SCHEMES: { value: SchemeChoice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
];

function WorkspaceMenu() {
  const workspace = useKept((s) => s.workspace);
  const { choice, choose } = useScheme();
  if (!workspace) return null;
  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <button type="button" className="ws" title={workspace.path}>
          <span className="cut">{workspace.name}</span> <Icon name="down" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="flows" size={14} />} onClick={showFlows}>
          All flows
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="plus" size={14} />} onClick={() => newFlow()}>
          New flow
        </Menu.Item>
        <Menu.Label>Look</Menu.Label>
        {SCHEMES.map((s) => (
          <Menu.Item
            key={s.value}
            role="menuitemradio"
            aria-checked={choice === s.value}
            leftSection={choice === s.value ? <Icon name="check" size={14} /> : <span className="no-mark" />}
            onClick={() => choose(s.value)}
          >
            {s.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Tabs() {
  const tabs = useScreen((s) => s.tabs);
  const active = useScreen((s) => (s.place === 'flow' ? s.active : null));
  return (
    <nav className="tabs" aria-label="Open flows">
      {tabs.map((id) => (
        <Tab key={id} id={id} on={id === active} />
      ))}
      <IconButton icon="plus" label="New flow" keys="mod+alt+n" onClick={() => newFlow()} className="new-tab" />
    </nav>
  );
}

/** A flow's name, as far as it is known. */
export function useFlowName(id: string): string {
  return useKept((s) => {
    const own = s.flows[id]?.settings.name;
    return typeof own === 'string' && own !== ''
      ? own
      : (s.list?.find((f) => f.id === id)?.name ?? words(id.split('/').at(-1) ?? id));
  });
}

function Tab({ id, on }: { id: string; on: boolean }) {
  const name = useFlowName(id);
  const close = () => {
    closeTab(id);
    closeFlow(id);
  };
  return (
    <div className={`tab${on ? ' on' : ''}`} onAuxClick={(e) => e.button === 1 && close()}>
      <button type="button" aria-current={on ? 'page' : undefined} className="tab-name" onClick={() => showFlow(id)}>
        <Icon name="flow" size={14} />
        <span className="cut">{name}</span>
      </button>
      <button type="button" className="tab-close" aria-label={`Close ${name}`} onClick={close}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
