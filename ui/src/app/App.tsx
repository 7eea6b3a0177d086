// The window: title bar, rail, canvas, inspector, run strip and drawer, status bar.
import { MantineProvider } from '@mantine/core';
import { type CSSProperties, type PointerEvent as Pointer, useEffect, useState, useSyncExternalStore } from 'react';
import { asProblem, call, connect, loadRun, openFlow, type Problem, useFlow, useKept } from '../api';
import { Canvas } from '../canvas';
import { EmptyFlow, FlowList, FlowSide } from '../flows';
import { Inspector } from '../inspector';
import { Button, Fence, Icon, Notices, problem, resolver, theme, useScheme } from '../kit';
import { Palette } from '../palette';
import { Drawer, RunStrip } from '../runs';
import { addCommands, listenKeys } from './commands';
import { appCommands } from './frameCommands';
import { Rail } from './Rail';
import { StatusBar } from './StatusBar';
import { closeTab, focusCanvas, keepScreen, SIZES, showFlow, useScreen, useShownRun } from './screen';
import { Mark, TitleBar, useFlowName } from './TitleBar';

/** Narrower than this the inspector lies over the canvas. */
const DOCKED_FROM = 1200;
/** Lower than this the drawer lies over the canvas. */
const DRAWER_FROM = 760;

export function App() {
  const scheme = useScheme((s) => s.scheme);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} forceColorScheme={scheme === 'dark' ? 'dark' : 'light'}>
      <Start />
      <Notices />
    </MantineProvider>
  );
}

/** Reads what every screen needs; until then, and where that fails, says so. */
function Start() {
  const [state, setState] = useState<'starting' | 'ready' | Problem>('starting');
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    let over = false;
    let end: (() => void) | undefined;
    connect().then(
      (stop) => {
        if (over) return stop();
        end = stop;
        keepScreen(useKept.getState().workspace?.path ?? '');
        void firstFlow();
        setState('ready');
      },
      (error) => !over && setState(asProblem(error)),
    );
    return () => {
      over = true;
      end?.();
    };
  }, [attempt]);
  if (state === 'ready') return <Frame />;
  return (
    <div className="starting">
      <Mark size={32} />
      {state !== 'starting' && (
        <>
          <p className="t15">{state.message}</p>
          <p className="i2">{state.help}</p>
          <Button
            icon="again"
            onClick={() => {
              setState('starting');
              setAttempt((n) => n + 1);
            }}
          >
            Try again
          </Button>
        </>
      )}
    </div>
  );
}

/** A link may name a flow; a workspace with one flow opens on it. */
async function firstFlow() {
  const named = new URLSearchParams(location.search).get('flow');
  if (named) return showFlow(named);
  if (useScreen.getState().tabs.length > 0) return;
  const { flows } = await call('flow_list', { limit: 2 });
  if (flows.length === 1 && flows[0] && useScreen.getState().tabs.length === 0) showFlow(flows[0].id);
}

function useWindowSize() {
  return useSyncExternalStore(
    (f) => {
      addEventListener('resize', f);
      return () => removeEventListener('resize', f);
    },
    () => `${innerWidth} ${innerHeight}`,
  );
}

function Frame() {
  const place = useScreen((s) => s.place);
  const active = useScreen((s) => s.active);
  const palette = useScreen((s) => s.palette);
  const calm = useScreen((s) => s.calm);
  const side = useScreen((s) => s.sideOpen);
  useEffect(() => listenKeys(), []);
  useEffect(() => addCommands(appCommands), []);
  const shown = place === 'flow' ? active : null;
  return (
    <div className="app" data-calm={calm || undefined} data-place={place}>
      <TitleBar />
      {!calm && <Rail />}
      {shown === null ? (
        <main className="main plain">
          <Fence what="The flow list">
            <FlowList />
          </Fence>
        </main>
      ) : (
        <div className="with-side">
          {side && !calm && <FlowSide />}
          <Studio key={shown} flow={shown} />
        </div>
      )}
      {!calm && <StatusBar />}
      {palette && <Palette close={() => useScreen.setState({ palette: false })} />}
    </div>
  );
}

/** One flow: canvas, inspector, strip and drawer. */
function Studio({ flow }: { flow: string }) {
  const doc = useFlow(flow);
  const name = useFlowName(flow);
  const calm = useScreen((s) => s.calm);
  const inspectorOpen = useScreen((s) => s.inspectorOpen);
  const inspectorWidth = useScreen((s) => s.inspectorWidth);
  const drawerOpen = useScreen((s) => s.drawerOpen);
  const drawerHeight = useScreen((s) => s.drawerHeight);
  const run = useShownRun(flow);
  const [width = 0, height = 0] = useWindowSize().split(' ').map(Number);

  useEffect(() => {
    openFlow(flow).catch((error) => {
      problem(error);
      closeTab(flow);
    });
  }, [flow]);
  useEffect(() => {
    if (run !== null) loadRun(run).catch(problem);
  }, [run]);

  if (!doc) return <main className="main" />;
  const empty = doc.nodes.length === 0 && doc.blocks.length === 0;
  const inspector = inspectorOpen && !calm && !empty;
  const docked = width >= DOCKED_FROM;
  const strip = !calm && !empty && run !== null;
  const drawer = strip && drawerOpen;
  const style = {
    '--w-inspector': `${inspectorWidth}px`,
    '--h-open': `${Math.min(drawerHeight, height * 0.7)}px`,
  } as CSSProperties;
  return (
    <main className="main studio" style={style} data-inspector={inspector ? (docked ? 'docked' : 'over') : 'none'}>
      <h1 className="hidden-words">{name}</h1>
      <div className="canvas-area">
        <Fence what="The canvas">
          <Canvas flow={flow} />
          {empty && <EmptyFlow flow={flow} />}
        </Fence>
      </div>
      {strip && (
        <section
          className="drawer"
          aria-label="Run and data"
          data-region="drawer"
          data-over={(drawer && height < DRAWER_FROM) || undefined}
        >
          <Fence what="The run strip">
            <RunStrip flow={flow} />
          </Fence>
          {drawer && (
            <div className="drawer-body">
              <Grip side="top" />
              <Fence what="The drawer">
                <Drawer flow={flow} />
              </Fence>
            </div>
          )}
        </section>
      )}
      {inspector && (
        <aside
          className="inspector"
          aria-label="Inspector"
          data-region="inspector"
          onKeyDown={(e) => {
            if (e.key !== 'Escape' || e.defaultPrevented) return;
            if (!docked) useScreen.setState({ inspectorOpen: false });
            focusCanvas();
          }}
        >
          <Grip side="left" />
          {!docked && (
            <button
              type="button"
              className="ib sm inspector-close"
              aria-label="Close"
              onClick={() => useScreen.setState({ inspectorOpen: false })}
            >
              <Icon name="close" size={14} />
            </button>
          )}
          <Fence what="The inspector">
            <Inspector flow={flow} />
          </Fence>
        </aside>
      )}
    </main>
  );
}

/** The 4 px on a hairline that drag a panel's size; double-click = default. */
function Grip({ side }: { side: 'left' | 'top' }) {
  const down = (event: Pointer<HTMLDivElement>) => {
    event.preventDefault();
    const from = useScreen.getState();
    const { clientX, clientY } = event;
    const move = (e: PointerEvent) => {
      if (side === 'left') {
        const wide = from.inspectorWidth + clientX - e.clientX;
        useScreen.setState({ inspectorWidth: Math.min(SIZES.inspectorMax, Math.max(SIZES.inspectorMin, wide)) });
      } else {
        useScreen.setState({ drawerHeight: Math.min(innerHeight * 0.7, Math.max(120, from.drawerHeight + clientY - e.clientY)) });
      }
    };
    const up = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
  };
  const reset = () =>
    useScreen.setState(side === 'left' ? { inspectorWidth: SIZES.inspector } : { drawerHeight: SIZES.drawer - 36 });
  return <div className={`grip ${side}`} onPointerDown={down} onDoubleClick={reset} aria-hidden />;
}
