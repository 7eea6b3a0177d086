// What is open, selected and shown: the screen's own state, never the backend's.
import { create } from 'zustand';
import { type LineageHop, type RunSummary, useKept } from '../api';

/** Items that one chosen item came from: how many at each node. */
export interface Trace {
  flow: string;
  run: string;
  nodes: Record<string, number>;
  /** The item that was chosen, and the way it came. */
  chosen?: { node: string; port: string | null; item: number };
  hops?: LineageHop[];
}

export interface Screen {
  /** The flow list, or the flow of the active tab. */
  place: 'flows' | 'flow';
  tabs: readonly string[];
  active: string | null;
  /** Selected nodes, blocks and edges by flow. */
  selection: Readonly<Record<string, readonly string[]>>;
  /** A past run opened on the canvas; where none is, the newest is shown. */
  pastRun: Readonly<Record<string, string | undefined>>;
  trace: Trace | null;
  drawerOpen: boolean;
  drawerHeight: number;
  inspectorOpen: boolean;
  /** The flow list beside the canvas. */
  sideOpen: boolean;
  inspectorWidth: number;
  /** Everything but canvas and title bar is hidden (`Z`). */
  calm: boolean;
  palette: boolean;
  /** Rises when something asks the inspector to focus its first field, or its name. */
  focusField: number;
  focusName: number;
}

const NONE: readonly string[] = [];
export const SIZES = { inspector: 304, inspectorMin: 264, inspectorMax: 520, drawer: 272 };

export const useScreen = create<Screen>(() => ({
  place: 'flows',
  tabs: [],
  active: null,
  selection: {},
  pastRun: {},
  trace: null,
  drawerOpen: innerHeight >= 860 && innerWidth >= 1280,
  drawerHeight: SIZES.drawer - 36,
  inspectorOpen: innerWidth >= 1200,
  sideOpen: false,
  inspectorWidth: SIZES.inspector,
  calm: false,
  palette: false,
  focusField: 0,
  focusName: 0,
}));

const set = useScreen.setState;
const get = useScreen.getState;

/** Shows a flow in a tab of its own, or goes to the one it has. */
export function showFlow(id: string) {
  set((s) => ({ place: 'flow', active: id, tabs: s.tabs.includes(id) ? s.tabs : [...s.tabs, id] }));
}

export const showFlows = () => set({ place: 'flows' });

export function closeTab(id: string) {
  set((s) => {
    const at = s.tabs.indexOf(id);
    const tabs = s.tabs.filter((t) => t !== id);
    const active = s.active === id ? (tabs[Math.min(at, tabs.length - 1)] ?? null) : s.active;
    return { tabs, active, place: active === null ? 'flows' : s.place };
  });
}

/** A flow got another id: its tab follows. */
export function renameTab(from: string, to: string) {
  set((s) => ({ tabs: s.tabs.map((t) => (t === from ? to : t)), active: s.active === from ? to : s.active }));
}

/** Selects nodes, blocks and edges of a flow. */
export function select(flow: string, ids: readonly string[]) {
  const before = get().selection[flow] ?? NONE;
  if (before.length === ids.length && before.every((id, i) => id === ids[i])) return;
  set((s) => ({ selection: { ...s.selection, [flow]: ids }, trace: null }));
}

export const selected = (flow: string): readonly string[] => get().selection[flow] ?? NONE;
export const useSelection = (flow: string | null): readonly string[] =>
  useScreen((s) => (flow === null ? NONE : (s.selection[flow] ?? NONE)));

/** The one selected node, where exactly one is. */
export function useSelectedNode(flow: string | null): string | null {
  const ids = useSelection(flow);
  const id = ids.length === 1 ? ids[0] : undefined;
  return useKept((s) => (flow !== null && id !== undefined && s.flows[flow]?.nodes.some((n) => n.id === id) ? id : null));
}

/** Opens a past run on the canvas; null = the newest again. */
export function showRun(flow: string, run: string | null) {
  set((s) => ({ pastRun: { ...s.pastRun, [flow]: run ?? undefined }, trace: null }));
}

/** The run whose values the screens of a flow show. */
export const shownRun = (flow: string): string | null => get().pastRun[flow] ?? useKept.getState().latest[flow] ?? null;
export function useShownRun(flow: string | null): string | null {
  const past = useScreen((s) => (flow === null ? undefined : s.pastRun[flow]));
  const latest = useKept((s) => (flow === null ? undefined : s.latest[flow]));
  return past ?? latest ?? null;
}

/** Whether a run is not over. */
export const isLive = (run: RunSummary | undefined): boolean =>
  run !== undefined && (run.status === 'queued' || run.status === 'running' || run.status === 'waiting');

export const showTrace = (trace: Trace | null) => set({ trace });
export const openDrawer = (open: boolean) => set({ drawerOpen: open });
export const openInspector = (open: boolean) => set({ inspectorOpen: open });

/** Goes to the inspector's first field, or to the name for a rename. */
export function focusInspector(what: 'field' | 'name') {
  set((s) => ({
    inspectorOpen: true,
    ...(what === 'field' ? { focusField: s.focusField + 1 } : { focusName: s.focusName + 1 }),
  }));
}

/** Back to the canvas, where the keys are. */
export const focusCanvas = () => document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });

const KEPT = ['tabs', 'active', 'place', 'drawerOpen', 'drawerHeight', 'inspectorOpen', 'inspectorWidth', 'sideOpen'] as const;

/** Reads what was open in this workspace, and writes it from then on. */
export function keepScreen(workspace: string) {
  const key = `weft.screen ${workspace}`;
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Screen> | null;
    if (kept && Array.isArray(kept.tabs)) {
      set({ tabs: kept.tabs, active: kept.active ?? null, place: kept.active ? (kept.place ?? 'flow') : 'flows' });
      for (const size of ['drawerHeight', 'inspectorWidth'] as const)
        if (typeof kept[size] === 'number') set({ [size]: kept[size] });
      if (innerWidth >= 1440 && typeof kept.sideOpen === 'boolean') set({ sideOpen: kept.sideOpen });
      if (innerWidth >= 1200 && typeof kept.inspectorOpen === 'boolean') set({ inspectorOpen: kept.inspectorOpen });
      if (innerHeight >= 760 && typeof kept.drawerOpen === 'boolean') set({ drawerOpen: kept.drawerOpen });
    }
  } catch {
    localStorage.removeItem(key);
  }
  useScreen.subscribe((s, before) => {
    if (KEPT.some((k) => s[k] !== before[k]))
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(KEPT.map((k) => [k, s[k]]))));
  });
}
