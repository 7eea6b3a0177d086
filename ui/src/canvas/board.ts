// The canvas's own state: boxes, routes and the window, kept outside React. The document is the truth; what is
// dragged is held here until the document says the same.
import type { Node as FlowNode } from '@xyflow/react';
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import type { Edge, Flow, NodeTypeView } from '../api';
import { nodeRun, nodeRuns } from '../api';
import { type Box, type CardView, cardSize, type Drawn, draw, isCard, type Port } from './drawn';
import type { Point, Rect } from './geometry';
import { type RoutedEdge, Router } from './router';
import { Threads } from './threads';
import { NodeWindow } from './window';

export type BoxNode = FlowNode<{ view: Box['view'] }, 'card' | 'note' | 'frame' | 'view'>;

/** A wire that is being drawn, or waits for what quick-add gives it. */
export interface Wire {
  node: string;
  port: Port;
  side: 'in' | 'out';
  /** The thread whose end was taken along. */
  instead: Edge | null;
}
/** Quick-add, open at a place of the cloth. */
export interface QuickAddAt {
  at: Point;
  wire: Wire | null;
  /** The thread into which the new node goes. */
  into: string | null;
}
export interface MenuAt {
  x: number;
  y: number;
  of: 'node' | 'block' | 'edge' | 'cloth';
}

export interface BoardUi {
  quickAdd: QuickAddAt | null;
  menu: MenuAt | null;
  renaming: string | null;
  tool: 'select' | 'hand';
  map: boolean;
  zoom: number;
  /** Moving by keys: where the moved boxes were. */
  moving: boolean;
  /** The thread under the pointer, and where the pointer came onto it. */
  over: { edge: string; x: number; y: number } | null;
}

/** What the hand has changed of a box. */
export type Held = Partial<Rect> & Point;

/** More moved boxes than this are routed with everything else at once. */
const MANY = 60;
const EMPTY: Drawn = { boxes: new Map(), edges: [], edgeById: new Map(), frames: [], links: [] };

export class Board {
  drawn: Drawn = EMPTY;
  flow: Flow | null = null;
  run: string | null = null;
  selection: ReadonlySet<string> = new Set();
  readonly router = new Router();
  readonly threads: Threads;
  readonly window: NodeWindow;
  readonly ui: UseBoundStore<StoreApi<BoardUi>>;
  view: Rect = { x: 0, y: 0, w: 0, h: 0 };
  zoom = 1;

  private types: Record<string, NodeTypeView> = {};
  private readonly held = new Map<string, Held>();
  private readonly made = new Map<string, BoxNode>();
  private list: BoxNode[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(readonly id: string) {
    this.threads = new Threads(this);
    this.window = new NodeWindow({
      boxes: () => this.drawn.boxes.values(),
      changed: () => this.tell(),
      frame: (run) => requestAnimationFrame(run),
      now: () => performance.now(),
      later: (run, ms) => void setTimeout(run, ms),
    });
    this.ui = create<BoardUi>(() => ({
      quickAdd: null,
      menu: null,
      renaming: null,
      tool: 'select',
      map: false,
      zoom: 1,
      moving: false,
      over: null,
    }));
  }

  get readOnly(): boolean {
    return this.flow?.read_only !== null;
  }

  // ---- React Flow's list
  readonly nodes = (): BoxNode[] => this.list;
  readonly listen = (f: () => void) => {
    this.listeners.add(f);
    return () => void this.listeners.delete(f);
  };

  private tell() {
    const list: BoxNode[] = [];
    for (const box of this.drawn.boxes.values()) if (this.window.shown.has(box.id)) list.push(this.node(box));
    this.list = list;
    for (const f of this.listeners) f();
  }

  /** The same object while nothing of it changed. */
  private node(box: Box): BoxNode {
    const chosen = this.selection.has(box.id);
    const known = this.made.get(box.id);
    if (
      known &&
      known.position.x === box.x &&
      known.position.y === box.y &&
      known.width === box.w &&
      known.height === box.h &&
      known.data.view === box.view &&
      known.selected === chosen
    )
      return known;
    const card = isCard(box.view);
    const made: BoxNode = {
      id: box.id,
      type: isCard(box.view) ? 'card' : box.view.form,
      position: { x: box.x, y: box.y },
      data: known && known.data.view === box.view ? known.data : { view: box.view },
      selected: chosen,
      width: box.w,
      height: box.h,
      measured: { width: box.w, height: box.h },
      handles: [],
      zIndex: card ? 2 : !isCard(box.view) && box.view.form === 'frame' ? 0 : 1,
    };
    this.made.set(box.id, made);
    return made;
  }

  // ---- the document
  setFlow(flow: Flow, types: Record<string, NodeTypeView>) {
    const before = this.flow;
    const same = before !== null && before.nodes === flow.nodes && before.edges === flow.edges && this.types === types;
    this.flow = flow;
    this.types = types;
    const old = this.drawn;
    this.drawn = draw(flow, types, (id) => this.footed(id));
    for (const [id, at] of this.held) {
      const box = this.drawn.boxes.get(id);
      if (box) this.drawn.boxes.set(id, { ...box, ...at });
    }
    for (const id of this.made.keys()) if (!this.drawn.boxes.has(id)) this.made.delete(id);
    if (same) {
      const moved = [...this.drawn.boxes.values()].filter((b) => !sameRect(b, old.boxes.get(b.id)));
      if (moved.length > MANY) this.routeAll();
      else {
        this.router.move(moved.filter(isObstacle));
        this.router.uncover(moved.map((b) => b.id));
      }
    } else this.routeAll();
    this.syncFrames();
    this.threads.structure();
    this.window.refresh();
    this.tell();
  }

  private routeAll() {
    this.router.set(
      [...this.drawn.boxes.values()].filter(isObstacle),
      this.drawn.edges.flatMap((e) => this.routed(e) ?? []),
    );
  }

  private routed(e: Edge): RoutedEdge | null {
    const from = this.port(e.from, 'out', e.from_port);
    const to = this.port(e.to, 'in', e.to_port);
    if (!from || !to) return null;
    return {
      id: e.id,
      from: e.from,
      to: e.to,
      fromY: from.y,
      toY: to.y,
      net: `${e.from}.${e.from_port}`,
      sink: `${e.to}.${e.to_port}`,
    };
  }

  card(id: string): CardView | null {
    const view = this.drawn.boxes.get(id)?.view;
    return view && isCard(view) ? view : null;
  }

  typeOf(id: string): NodeTypeView | undefined {
    return this.types[id];
  }

  port(node: string, side: 'in' | 'out', name: string): Port | undefined {
    const view = this.card(node);
    return (side === 'in' ? view?.inputs : view?.outputs)?.find((p) => p.name === name);
  }

  /** Where a port is, on the cloth. */
  portAt(node: string, side: 'in' | 'out', port: Port): Point {
    const box = this.drawn.boxes.get(node);
    return box ? { x: side === 'out' ? box.x + box.w : box.x, y: box.y + port.y } : { x: 0, y: 0 };
  }

  // ---- runs
  setRun(run: string | null) {
    this.run = run;
    this.sizes(true);
  }

  private footed(id: string): boolean {
    const step = this.run === null ? undefined : nodeRun(this.run, id);
    return step !== undefined && step.status !== 'skipped';
  }

  /** Cards that got or lost their foot change size. */
  sizes(all = false) {
    const grown: Box[] = [];
    const look = (id: string) => {
      const box = this.drawn.boxes.get(id);
      if (!box || !isCard(box.view)) return;
      const [, h] = cardSize(box.view, box.w, this.footed(id));
      if (h === box.h) return;
      const next = { ...box, h };
      this.drawn.boxes.set(id, next);
      grown.push(next);
    };
    if (all || this.run === null) for (const id of this.drawn.boxes.keys()) look(id);
    else for (const step of nodeRuns(this.run)) look(step.node);
    if (grown.length > 0) {
      this.router.move(grown);
      this.threads.structure();
      this.tell();
    } else this.threads.states();
  }

  // ---- selection
  setSelection(ids: readonly string[]) {
    this.selection = new Set(ids);
    this.threads.marks();
    this.tell();
  }

  // ---- moving
  /** Puts boxes where the hand has them; the document hears of it on drop. */
  hold(places: ReadonlyMap<string, Held>) {
    const moved: Box[] = [];
    for (const [id, at] of places) {
      const box = this.drawn.boxes.get(id);
      if (!box) continue;
      const next = { ...box, ...at };
      if (sameRect(box, next)) continue;
      this.drawn.boxes.set(id, next);
      this.held.set(id, at);
      moved.push(next);
    }
    if (moved.length === 0) return;
    this.syncFrames();
    this.threads.moved(
      this.router.move(moved.filter(isObstacle)),
      moved.map((b) => b.id),
    );
    this.tell();
  }

  private syncFrames() {
    this.drawn.frames = this.drawn.frames.map((f) => this.drawn.boxes.get(f.id) ?? f);
  }

  /** The document has it now, or refused it. */
  letGo(ids: Iterable<string>) {
    for (const id of ids) this.held.delete(id);
    if (this.flow) this.setFlow(this.flow, this.types);
  }

  /** After a drop: threads under the dropped boxes find another way. */
  dropped(ids: readonly string[]) {
    if (ids.length > MANY) {
      this.routeAll();
      return this.threads.structure();
    }
    this.threads.moved(this.router.uncover(ids), []);
  }

  // ---- camera
  see(view: Rect, zoom: number) {
    this.view = view;
    this.zoom = zoom;
    this.threads.camera(view, zoom);
    this.window.see(view, zoom);
  }
}

const isObstacle = (box: Box): boolean => isCard(box.view) || box.view.form !== 'frame';
const sameRect = (a: Rect, b: Rect | undefined) => b !== undefined && a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
/** The DOM id of a box's element, for the focus of screen readers. */
export const domId = (id: string) => `box-${id}`;
