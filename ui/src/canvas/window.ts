// Which boxes React Flow is given: those in view and 200 px around it, a few more a frame, none while zooming.
import { grow, overlaps, type Rect } from './geometry';

/** Pixels around the view that are mounted before they are seen. */
const MARGIN = 200;
/** The window is kept until the view leaves it by this much. */
const SLACK = 240;
const SLICE = 4;
const SLICE_AT_REST = 12;
const HOLD = 100;
/** Zoomed out further than this no card is mounted: the thread layer draws slips. */
export const MOUNT_FROM = 0.25;

export interface WindowOf {
  boxes(): Iterable<Rect & { id: string }>;
  /** The set of mounted boxes changed. */
  changed(): void;
  frame(run: () => void): void;
  now(): number;
  later(run: () => void, ms: number): void;
}

export class NodeWindow {
  readonly shown = new Set<string>();
  /** Boxes that never leave: what has the focus, what is dragged. */
  readonly kept = new Set<string>();
  private box: Rect | null = null;
  private view: Rect | null = null;
  private zoom = 0;
  private moved = 0;
  private held = 0;
  private queue: string[] = [];
  private stepping = false;
  private first = true;

  constructor(private readonly of: WindowOf) {}

  /** The camera moved: `view` in flow coordinates. */
  see(view: Rect, zoom: number) {
    const zooming = this.zoom !== 0 && zoom !== this.zoom;
    this.zoom = zoom;
    this.view = view;
    this.moved = this.of.now();
    if (zoom < MOUNT_FROM) {
      this.held = 0;
      this.box = null;
      this.empty();
      return;
    }
    if (zooming && !this.first) {
      // Mounting while zooming costs frames; what is missing comes when the zoom rests.
      const held = ++this.held;
      this.of.later(() => {
        if (held !== this.held) return;
        this.held = 0;
        this.box = null;
        this.fill();
      }, HOLD);
      return;
    }
    if (this.held !== 0) return;
    if (this.box && inside(view, this.box)) return;
    this.fill();
  }

  private empty() {
    this.queue = [];
    if (this.shown.size === 0) return;
    this.shown.clear();
    this.of.changed();
  }

  /** Boxes came, went or moved: looks again at once. */
  refresh() {
    if (this.view === null || this.zoom < MOUNT_FROM) return;
    this.fill(true);
  }

  private fill(whole = this.first) {
    const view = this.view;
    if (view === null) return;
    this.box = grow(view, SLACK / this.zoom);
    const reach = grow(view, (SLACK + MARGIN) / this.zoom);
    const want = new Map<string, Rect>();
    for (const box of this.of.boxes()) if (overlaps(box, reach) || this.kept.has(box.id)) want.set(box.id, box);
    let gone = false;
    for (const id of this.shown) {
      if (want.has(id)) continue;
      this.shown.delete(id);
      gone = true;
    }
    const missing = [...want.keys()].filter((id) => !this.shown.has(id));
    const [cx, cy] = [view.x + view.w / 2, view.y + view.h / 2];
    const far = (id: string) => {
      const r = want.get(id)!;
      return Math.hypot(r.x + r.w / 2 - cx, r.y + r.h / 2 - cy);
    };
    this.queue = missing.sort((p, q) => far(q) - far(p));
    if (whole) {
      this.first = false;
      for (const id of this.queue) this.shown.add(id);
      gone ||= this.queue.length > 0;
      this.queue = [];
    }
    if (gone || whole) this.of.changed();
    this.next();
  }

  private next() {
    if (this.stepping || this.queue.length === 0) return;
    this.stepping = true;
    this.of.frame(() => {
      this.stepping = false;
      if (this.held !== 0) return;
      const moving = this.of.now() - this.moved < 80;
      for (let i = moving ? SLICE : SLICE_AT_REST; i > 0; i--) {
        const id = this.queue.pop();
        if (id === undefined) break;
        this.shown.add(id);
      }
      this.of.changed();
      this.next();
    });
  }
}

const inside = (a: Rect, b: Rect) => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
