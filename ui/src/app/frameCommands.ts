// Commands of the window itself: run, stop, panels, tabs, palette.
import { closeFlow, useKept } from '../api';
import type { Command } from './commands';
import { newFlow } from './newFlow';
import { startRun, stopRun } from './running';
import { closeTab, isLive, selected, showFlow, showFlows, useScreen } from './screen';

const screen = useScreen.getState;
const active = () => (screen().place === 'flow' ? screen().active : null);
const doc = () => useKept.getState().flows[active() ?? ''];
const live = () => {
  const { runs, latest } = useKept.getState();
  return isLive(runs[latest[active() ?? ''] ?? '']);
};
/** The one selected node of the flow that is shown. */
function chosen(): { flow: string; node: string; name: string } | null {
  const flow = active();
  const ids = flow === null ? [] : selected(flow);
  const node = ids.length === 1 ? doc()?.nodes.find((n) => n.id === ids[0]) : undefined;
  return flow !== null && node ? { flow, node: node.id, name: node.name } : null;
}
const runnable = () => (doc()?.nodes.length ?? 0) > 0;

function step(by: number) {
  const { tabs, active: id } = screen();
  const next = tabs[(tabs.indexOf(id ?? '') + by + tabs.length) % tabs.length];
  if (next) showFlow(next);
}

const REGIONS = ['title', 'rail', 'side', 'canvas', 'drawer', 'inspector', 'status'];
function region(by: number) {
  const here = document.activeElement?.closest('[data-region]')?.getAttribute('data-region') ?? 'status';
  for (let i = 1; i <= REGIONS.length; i++) {
    const name = REGIONS[(REGIONS.indexOf(here) + by * i + REGIONS.length * 2) % REGIONS.length];
    const area = document.querySelector<HTMLElement>(`[data-region=${name}]`);
    const stop = area?.matches('[tabindex]')
      ? area
      : area?.querySelector<HTMLElement>('button:not(:disabled), input, [tabindex="0"]');
    if (stop) return stop.focus();
  }
}

export const appCommands: readonly Command[] = [
  {
    id: 'app.palette',
    title: 'Search',
    icon: 'search',
    keys: 'mod+k',
    area: 'always',
    silent: true,
    run: () => useScreen.setState({ palette: true }),
  },
  {
    id: 'run.all',
    title: 'Run',
    icon: 'play',
    keys: 'mod+enter',
    area: 'always',
    when: () => runnable() && !live(),
    run: () => startRun(active() ?? ''),
  },
  {
    id: 'run.to',
    title: () => `Run to “${chosen()?.name}”`,
    icon: 'play',
    keys: 'mod+shift+enter',
    area: 'always',
    when: () => chosen() !== null && !live(),
    run: () => {
      const at = chosen();
      if (at) void startRun(at.flow, { part: 'to_here', node: at.node });
    },
  },
  {
    id: 'run.from',
    title: () => `Run from “${chosen()?.name}”`,
    icon: 'play',
    when: () => chosen() !== null && !live(),
    run: () => {
      const at = chosen();
      if (at) void startRun(at.flow, { part: 'from_here', node: at.node, run: null });
    },
  },
  {
    id: 'run.only',
    title: () => `Run only “${chosen()?.name}”`,
    icon: 'play',
    keys: 'shift+enter',
    area: 'canvas',
    when: () => chosen() !== null && !live(),
    run: () => {
      const at = chosen();
      if (at) void startRun(at.flow, { part: 'only_this', node: at.node, run: null });
    },
  },
  {
    id: 'run.stop',
    title: 'Stop the run',
    icon: 'square',
    keys: 'mod+alt+enter',
    area: 'always',
    when: live,
    run: () => stopRun(active() ?? ''),
  },
  { id: 'app.flows', title: 'All flows', icon: 'flows', run: showFlows },
  { id: 'app.new', title: 'New flow', icon: 'plus', keys: 'mod+alt+n', run: () => newFlow() },
  {
    id: 'app.close',
    title: 'Close this tab',
    icon: 'close',
    keys: 'mod+alt+x',
    when: () => active() !== null,
    run: () => {
      const id = active();
      if (id === null) return;
      closeTab(id);
      closeFlow(id);
    },
  },
  {
    id: 'app.next',
    title: 'Next tab',
    icon: 'right',
    keys: 'mod+alt+pagedown',
    silent: true,
    when: () => screen().tabs.length > 1,
    run: () => step(1),
  },
  {
    id: 'app.previous',
    title: 'Previous tab',
    icon: 'left',
    keys: 'mod+alt+pageup',
    silent: true,
    when: () => screen().tabs.length > 1,
    run: () => step(-1),
  },
  { id: 'app.region', title: 'Next region', icon: 'right', keys: 'f8', area: 'always', silent: true, run: () => region(1) },
  {
    id: 'app.region.back',
    title: 'Previous region',
    icon: 'left',
    keys: 'shift+f8',
    area: 'always',
    silent: true,
    run: () => region(-1),
  },
  {
    id: 'app.drawer',
    title: 'Show or hide the drawer',
    icon: 'table',
    keys: 'v',
    area: 'canvas',
    when: () => active() !== null,
    run: () => useScreen.setState((s) => ({ drawerOpen: !s.drawerOpen })),
  },
  {
    id: 'app.inspector',
    title: 'Show or hide the inspector',
    icon: 'pencil',
    keys: 'i',
    area: 'canvas',
    when: () => active() !== null,
    run: () => useScreen.setState((s) => ({ inspectorOpen: !s.inspectorOpen })),
  },
  {
    id: 'app.calm',
    title: 'Hide or show panels',
    icon: 'larger',
    keys: 'z',
    area: 'canvas',
    when: () => active() !== null,
    run: () => useScreen.setState((s) => ({ calm: !s.calm })),
  },
];
