// The canvas of a flow: React Flow for camera, drag and box; threads, window and wires are our own.
import '@xyflow/react/dist/base.css';
import './canvas.css';
import './card.css';
import {
  type NodeChange,
  type OnNodeDrag,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  ViewportPortal,
} from '@xyflow/react';
import {
  type KeyboardEvent as Keys,
  type MouseEvent as Mouse,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { type Flow, onRun, useFlow, useKept } from '../api';
import { addCommands, focusInspector, openInspector, select, selected, useScreen, useSelection, useShownRun } from '../app';
import { isTyping } from '../kit';
import { QuickAdd } from '../palette';
import { Frame, Note, View } from './Blocks';
import { Board, type BoxNode, domId, type Held } from './board';
import { Card } from './Card';
import { Cloth, Watch } from './camera';
import { pasted } from './clipboard';
import { addCommandsOf, type Camera, canvasCommands, quickAdd } from './commands';
import { BoardContext } from './context';
import { isCard, membersOf } from './drawn';
import { around, type Point, snap } from './geometry';
import { addNode, dropInto, dropMoved, duplicate, paste, threadUnder } from './gestures';
import { CanvasMenu } from './Menu';
import { MiniMap } from './MiniMap';
import { hit } from './shape';
import { spoken } from './spoken';
import { ThreadCard } from './ThreadCard';
import { Tools } from './Tools';
import { MOUNT_FROM } from './window';
import { startWire } from './wiring';

const NODE_TYPES = { card: Card, note: Note, frame: Frame, view: View };
const NO_EDGES: [] = [];
const PAN_MIDDLE = [1];
const PAN_HAND = [0, 1];
const MULTI = ['Shift', 'Control', 'Meta'];
const SNAP: [number, number] = [8, 8];
const NO_ATTRIBUTION = { hideAttribution: true };

export function Canvas({ flow }: { flow: string }) {
  const doc = useFlow(flow);
  const board = useMemo(() => new Board(flow), [flow]);
  if (!doc) return null;
  return (
    <BoardContext.Provider value={board}>
      <ReactFlowProvider>
        <Surface board={board} doc={doc} />
      </ReactFlowProvider>
    </BoardContext.Provider>
  );
}

function Surface({ board, doc }: { board: Board; doc: Flow }) {
  const rf = useReactFlow<BoxNode>();
  const root = useRef<HTMLDivElement>(null);
  // The portal comes after the first effects: the layer is attached when it is there.
  const svg = useCallback((el: SVGSVGElement | null) => board.threads.attach(el), [board]);
  const pointer = useRef<{ clientX: number; clientY: number } | null>(null);
  const types = useKept((s) => s.typeById);
  const run = useShownRun(board.id);
  const selection = useSelection(board.id);
  const trace = useScreen((s) => (s.trace?.flow === board.id ? s.trace : null));
  const tool = board.ui((s) => s.tool);
  const nodes = useSyncExternalStore(board.listen, board.nodes);

  // Drawn before the camera asks for the first time, so that it knows what to show.
  if (board.flow === null) board.setFlow(doc, types);
  useLayoutEffect(() => board.setFlow(doc, types), [board, doc, types]);
  useLayoutEffect(() => {
    board.setRun(run);
    return run === null ? undefined : onRun(run, () => board.sizes());
  }, [board, run]);
  useLayoutEffect(() => board.setSelection(selection), [board, selection]);
  useLayoutEffect(() => {
    if (trace === null) return board.threads.follow(null);
    const on = new Map<string, number>();
    for (const e of board.drawn.edges) if (e.from in trace.nodes && e.to in trace.nodes) on.set(e.id, trace.nodes[e.from] ?? 0);
    board.threads.follow(on);
  }, [board, trace]);

  const camera = useMemo((): Camera => {
    const moves = { duration: reduced() ? 0 : 260 };
    return {
      fit(ids) {
        const boxes = ids ? ids.flatMap((id) => board.drawn.boxes.get(id) ?? []) : [...board.drawn.boxes.values()];
        const r = around(boxes);
        if (r)
          void rf
            .fitBounds({ x: r.x, y: r.y, width: r.w, height: r.h }, { ...moves, padding: 0.08 })
            .then(() => rf.getZoom() > 1 && !ids && rf.zoomTo(1));
      },
      zoomTo: (zoom) => void rf.zoomTo(zoom, moves),
      zoomBy: (by) => void rf.zoomTo(rf.getZoom() * by, { duration: reduced() ? 0 : 90 }),
      reveal(id) {
        const box = board.drawn.boxes.get(id);
        const v = board.view;
        if (box && (box.x < v.x || box.y < v.y || box.x + box.w > v.x + v.w || box.y + box.h > v.y + v.h))
          void rf.setCenter(box.x + box.w / 2, box.y + box.h / 2, { zoom: rf.getZoom(), ...moves });
      },
      pointer(): Point {
        const r = root.current?.getBoundingClientRect();
        const at = pointer.current;
        if (at && r && at.clientX > r.left && at.clientX < r.right && at.clientY > r.top && at.clientY < r.bottom)
          return rf.screenToFlowPosition({ x: at.clientX, y: at.clientY });
        return { x: snap(board.view.x + board.view.w / 2), y: snap(board.view.y + board.view.h / 2) };
      },
    };
  }, [board, rf]);
  useEffect(() => addCommands(canvasCommands(board, camera)), [board, camera]);
  useEffect(() => addCommands(addCommandsOf(board, camera, Object.values(types))), [board, camera, types]);

  const handlers = useMemo(() => {
    const cloth = (e: { clientX: number; clientY: number }): Point =>
      rf.screenToFlowPosition({ x: e.clientX, y: e.clientY }, { snapToGrid: false });
    const edgeAt = (e: { clientX: number; clientY: number }) => {
      const at = cloth(e);
      return hit(board.router.routes, at.x, at.y, 10 / board.zoom);
    };
    const moved = new Set<string>();
    return {
      onNodesChange(changes: NodeChange<BoxNode>[]) {
        const to = new Map<string, Held>();
        let by: Point | null = null;
        let chosen: Set<string> | null = null;
        const boxing = changes.some((c) => c.type === 'select') && root.current?.querySelector('.react-flow__selection') !== null;
        for (const c of changes) {
          if (c.type === 'position' && c.position) {
            const box = board.drawn.boxes.get(c.id);
            if (!box) continue;
            by = { x: c.position.x - box.x, y: c.position.y - box.y };
            to.set(c.id, c.position);
          } else if (c.type === 'select') {
            const view = board.drawn.boxes.get(c.id)?.view;
            // A box drawn inside a frame means what lies in it, not the frame.
            if (boxing && c.selected && view && !isCard(view) && view.form === 'frame') continue;
            chosen ??= new Set(selected(board.id));
            if (c.selected) chosen.add(c.id);
            else chosen.delete(c.id);
          }
        }
        if (chosen) select(board.id, [...chosen]);
        if (by && (by.x !== 0 || by.y !== 0)) {
          // Selected boxes outside the window, and what lies in frames, go along.
          const along = new Set<string>();
          if ([...to.keys()].some((id) => board.selection.has(id))) for (const id of board.selection) along.add(id);
          for (const id of [...to.keys(), ...along]) {
            const box = board.drawn.boxes.get(id);
            if (box && !isCard(box.view) && box.view.form === 'frame')
              for (const member of membersOf(box, board.drawn.boxes)) along.add(member);
          }
          for (const id of along) {
            const box = board.drawn.boxes.get(id);
            if (box && !to.has(id)) to.set(id, { x: box.x + by.x, y: box.y + by.y });
          }
          for (const id of to.keys()) moved.add(id);
          board.hold(to);
          const only = to.size === 1 ? [...to.keys()][0]! : null;
          board.threads.hover(only === null ? null : (threadUnder(board, only)?.id ?? null));
        }
      },
      onNodeDragStop: ((event) => {
        const ids = [...moved];
        moved.clear();
        board.threads.hover(null);
        if (ids.length === 0) return;
        const first = board.drawn.boxes.get(ids[0]!);
        const was = board.flow?.layout[ids[0]!];
        if (event.altKey && first && was) {
          const offset = { x: first.x - (was[0] ?? 0), y: first.y - (was[1] ?? 0) };
          board.letGo(ids);
          void duplicate(board, offset);
          return;
        }
        const edge = ids.length === 1 ? threadUnder(board, ids[0]!) : null;
        void (edge ? dropInto(board, ids[0]!, edge) : dropMoved(board, ids));
      }) satisfies OnNodeDrag<BoxNode>,
      onPaneClick(event: Mouse) {
        board.ui.setState({ menu: null, quickAdd: null });
        board.threads.wire(null, null, false);
        const far = board.zoom < MOUNT_FROM ? boxAt(board, cloth(event)) : null;
        const edge = far ?? edgeAt(event);
        const before = event.shiftKey || event.ctrlKey || event.metaKey ? selected(board.id) : [];
        // React Flow clears its own selection after this; ours is said last.
        queueMicrotask(() => select(board.id, edge ? [...before.filter((id) => id !== edge), edge] : before));
      },
      // React Flow's pane tells no movement while it may select; the canvas hears it all.
      onPointerMove(event: React.PointerEvent) {
        pointer.current = event;
        const onPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
        if (event.buttons !== 0) return;
        const edge = onPane ? edgeAt(event) : null;
        board.threads.hover(edge);
        if ((board.ui.getState().over?.edge ?? null) !== edge)
          board.ui.setState({ over: edge ? { edge, x: event.clientX, y: event.clientY } : null });
        root.current?.toggleAttribute('data-on-thread', edge !== null);
      },
      onPointerLeave() {
        board.threads.hover(null);
        if (board.ui.getState().over) board.ui.setState({ over: null });
      },
      onPaneContextMenu(event: Mouse | MouseEvent) {
        event.preventDefault();
        const edge = edgeAt(event);
        if (edge) select(board.id, [edge]);
        board.ui.setState({ menu: { x: event.clientX, y: event.clientY, of: edge ? 'edge' : 'cloth' } });
      },
      onNodeContextMenu(event: Mouse, node: BoxNode) {
        event.preventDefault();
        if (!board.selection.has(node.id)) select(board.id, [node.id]);
        board.ui.setState({ menu: { x: event.clientX, y: event.clientY, of: node.type === 'card' ? 'node' : 'block' } });
      },
      onNodeClick: () => board.ui.setState({ menu: null }),
      onNodeDoubleClick(event: Mouse, node: BoxNode) {
        if (event.target instanceof Element && event.target.closest('input, textarea, .view-content')) return;
        if (node.type === 'card') focusInspector('field');
        else if (node.type === 'view') openInspector(true);
        else if (!board.readOnly) board.ui.setState({ renaming: node.id });
      },
      onDoubleClick(event: Mouse) {
        if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return;
        const edge = edgeAt(event);
        if (edge) {
          select(board.id, [edge]);
          board.ui.setState({ quickAdd: { at: cloth(event), wire: null, into: edge } });
        } else quickAdd(board, camera, cloth(event));
      },
      onPointerDownCapture(event: React.PointerEvent) {
        pointer.current = event;
        const target = event.target instanceof Element ? event.target.closest<HTMLElement>('.port[data-side]') : null;
        if (target === null || event.button !== 0 || !root.current) return;
        event.stopPropagation();
        event.preventDefault();
        startWire(board, root.current, event.nativeEvent, target, cloth);
      },
    };
  }, [board, rf, camera]);

  const keyDown = (event: Keys) => {
    if (!board.ui.getState().moving) return;
    const by = event.shiftKey ? 32 : 8;
    const way = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    const ids = [...board.selection].filter((id) => board.drawn.boxes.has(id));
    if (way) {
      board.hold(
        new Map(ids.map((id) => [id, { x: board.drawn.boxes.get(id)!.x + way[0]!, y: board.drawn.boxes.get(id)!.y + way[1]! }])),
      );
    } else if (event.key === 'Enter' || event.key.toLowerCase() === 'm') {
      board.ui.setState({ moving: false });
      void dropMoved(board, ids);
    } else if (event.key === 'Escape') {
      board.ui.setState({ moving: false });
      board.letGo(ids);
    } else return;
    event.preventDefault();
  };

  const last = selection.at(-1);
  return (
    <div
      ref={root}
      className="canvas"
      data-region="canvas"
      role="application"
      aria-label="Canvas"
      aria-roledescription="canvas"
      aria-activedescendant={last !== undefined && board.drawn.boxes.has(last) ? domId(last) : undefined}
      tabIndex={0}
      onPointerDownCapture={handlers.onPointerDownCapture}
      onPointerMove={handlers.onPointerMove}
      onPointerLeave={handlers.onPointerLeave}
      onMouseDown={(e) => {
        if (e.target instanceof Element && !e.target.closest('input, textarea, [contenteditable]'))
          root.current?.focus({ preventScroll: true });
      }}
      onDoubleClick={handlers.onDoubleClick}
      onKeyDown={keyDown}
      onPaste={(e) => {
        if (!isTyping(e.target) && !board.readOnly) pasted(e.nativeEvent, (text) => void paste(board, camera.pointer(), text));
      }}
    >
      <ReactFlow<BoxNode>
        nodes={nodes}
        edges={NO_EDGES}
        nodeTypes={NODE_TYPES}
        onNodesChange={handlers.onNodesChange}
        onNodeDragStop={handlers.onNodeDragStop}
        onNodeClick={handlers.onNodeClick}
        onNodeDoubleClick={handlers.onNodeDoubleClick}
        onNodeContextMenu={handlers.onNodeContextMenu}
        onPaneClick={handlers.onPaneClick}
        onPaneContextMenu={handlers.onPaneContextMenu}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        nodesDraggable={!board.readOnly && tool === 'select'}
        disableKeyboardA11y
        selectionMode={SelectionMode.Partial}
        selectionOnDrag={tool === 'select'}
        selectionKeyCode={null}
        multiSelectionKeyCode={MULTI}
        panOnDrag={tool === 'hand' ? PAN_HAND : PAN_MIDDLE}
        panOnScroll
        panActivationKeyCode="Space"
        zoomActivationKeyCode="Control"
        zoomOnDoubleClick={false}
        deleteKeyCode={null}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.03}
        maxZoom={4}
        elevateNodesOnSelect
        autoPanOnNodeFocus={false}
        proOptions={NO_ATTRIBUTION}
      >
        <Cloth />
        <Watch board={board} />
        <ViewportPortal>
          <svg ref={svg} className="threads" aria-hidden />
        </ViewportPortal>
      </ReactFlow>
      <div className="wire-note" hidden />
      <Tools board={board} camera={camera} />
      <MiniMap board={board} />
      <ThreadCard board={board} />
      <CanvasMenu board={board} />
      <QuickAddHere board={board} camera={camera} />
      <p className="hidden-words" aria-live="polite">
        {spoken(board, last)}
      </p>
    </div>
  );
}

/** Quick-add at the end of a wire, or where it was asked for. */
function QuickAddHere({ board, camera }: { board: Board; camera: Camera }) {
  const rf = useReactFlow();
  const open = board.ui((s) => s.quickAdd);
  if (open === null) return null;
  const area = document.querySelector('.canvas')?.getBoundingClientRect();
  const at = rf.flowToScreenPosition(open.at);
  const close = () => {
    board.ui.setState({ quickAdd: null });
    board.threads.wire(null, null, false);
    document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });
  };
  const wire = open.wire;
  return (
    <QuickAdd
      at={{ x: at.x - (area?.left ?? 0) + (wire ? 14 : 0), y: at.y - (area?.top ?? 0) }}
      area={{ w: area?.width ?? 0, h: area?.height ?? 0 }}
      wire={
        wire && {
          side: wire.side,
          shape: wire.port.shape === 'error' ? 'item' : wire.port.shape,
          dye: wire.port.dye,
          from: board.card(wire.node)?.name ?? '',
        }
      }
      into={open.into !== null}
      onClose={close}
      onPick={async (type, goOn) => {
        close();
        const made = await addNode(board, type, open);
        if (made !== null) camera.reveal(made);
        if (made !== null && goOn) quickAdd(board, camera);
      }}
    />
  );
}

/** The box under a point, where no card is mounted to be pressed. */
const boxAt = (board: Board, { x, y }: Point): string | null =>
  [...board.drawn.boxes.values()].findLast((b) => x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h)?.id ?? null;

const reduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
