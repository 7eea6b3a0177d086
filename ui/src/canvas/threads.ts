// The thread layer: one SVG kept by hand. Frames, then threads in the order of their sources, then counts.
import { type Edge, edgeRun, nodeRun } from '../api';
import { count } from '../kit';
import type { Board } from './board';
import { contains, grow, overlaps, type Rect } from './geometry';
import { shape as pathOf } from './shape';

const NS = 'http://www.w3.org/2000/svg';
/** Casing leaves this much free at both ends, so that it does not erase ports and counts. */
const CASING_START = 36;
const CASING_END = 44;
const SLACK = 300;
/** More dashes than this do not travel any more. */
const MOST_LIVE = 40;
/** Zoomed out further than this, boxes are slips of this layer; cards come on top where they are mounted. */
const SLIPS_BELOW = 0.4;

interface Drawn {
  group: SVGGElement;
  casing: SVGPathElement;
  line: SVGPathElement;
  state: string;
}

const make = <K extends keyof SVGElementTagNameMap>(name: K, className: string): SVGElementTagNameMap[K] => {
  const element = document.createElementNS(NS, name);
  element.setAttribute('class', className);
  return element;
};

export class Threads {
  private svg: SVGSVGElement | null = null;
  private readonly frames = make('g', 'frames');
  private readonly lines = make('g', 'lines');
  private readonly counts = make('g', 'counts');
  private readonly links = make('g', 'links');
  private readonly slips = make('g', 'slips');
  private readonly wirePath = make('path', 'wire');
  private readonly wireEnd = make('circle', 'wire-end');
  private box: Rect | null = null;
  private readonly drawn = new Map<string, Drawn>();
  private readonly labels = new Map<string, SVGTextElement>();
  private hovered: string | null = null;
  private lifted: string | null = null;
  private far = false;
  /** Threads of a lineage, and how many of the chosen items each carried. */
  private trace: ReadonlyMap<string, number> | null = null;

  constructor(private readonly board: Board) {
    this.wirePath.style.display = this.wireEnd.style.display = 'none';
  }

  attach(svg: SVGSVGElement | null) {
    this.svg = svg;
    svg?.replaceChildren(this.frames, this.links, this.lines, this.slips, this.counts, this.wirePath, this.wireEnd);
    this.structure();
    this.states();
  }

  camera(view: Rect, zoom: number) {
    const far = zoom < SLIPS_BELOW;
    if (far !== this.far) {
      this.far = far;
      this.drawSlips();
    }
    const box = this.box;
    if (box && contains(box, view)) return;
    this.box = grow(view, SLACK / zoom);
    this.rebuild();
  }

  /** Edges or boxes came or went. */
  structure() {
    if (this.svg === null) return;
    this.drawFrames();
    this.drawLinks();
    this.drawSlips();
    if (this.box !== null) this.rebuild();
  }

  /** Boxes moved: these threads have new routes. */
  moved(edges: Iterable<string>, boxes: readonly string[]) {
    for (const id of edges) this.redraw(id);
    if (boxes.length > 0) {
      this.drawSlips();
      const of = this.board.drawn;
      if (of.frames.length > 0) this.drawFrames();
      if (of.links.some((l) => boxes.includes(l.view) || boxes.includes(l.of))) this.drawLinks();
    }
    this.placeCounts();
  }

  /** What runs say of threads. */
  states() {
    if (this.svg === null) return;
    this.drawSlips();
    let live = 0;
    for (const edge of this.board.drawn.edges) {
      const drawn = this.drawn.get(edge.id);
      if (!drawn) continue;
      let state = this.stateOf(edge);
      if (state.includes('live') && ++live > MOST_LIVE) state += ' still';
      if (drawn.state === state) continue;
      drawn.state = state;
      this.mark(edge, drawn);
    }
    this.placeCounts();
  }

  /** Selection or lineage changed. */
  marks() {
    for (const edge of this.board.drawn.edges) {
      const drawn = this.drawn.get(edge.id);
      if (drawn) this.mark(edge, drawn);
    }
    this.raise();
    this.placeCounts();
    this.drawSlips();
  }

  follow(trace: ReadonlyMap<string, number> | null) {
    this.trace = trace;
    this.marks();
  }

  hover(id: string | null) {
    if (id === this.hovered) return;
    const before = this.hovered;
    this.hovered = id;
    for (const edge of this.board.drawn.edges) {
      if (edge.id !== id && edge.id !== before) continue;
      const drawn = this.drawn.get(edge.id);
      if (drawn) this.mark(edge, drawn);
    }
    this.raise();
  }

  /** The thread whose end is in the hand. */
  lift(id: string | null) {
    this.lifted = id;
    this.marks();
  }

  /** A wire from a port to the pointer. */
  wire(from: { x: number; y: number; side: 'in' | 'out' } | null, to: { x: number; y: number } | null, caught: boolean) {
    const show = from !== null && to !== null;
    this.wirePath.style.display = this.wireEnd.style.display = show ? '' : 'none';
    if (!show) return;
    const [a, b] = from.side === 'out' ? [from, to] : [to, from];
    const mid = b.x - a.x >= 40 ? Math.min(a.x + 32, (a.x + b.x) / 2) : a.x + 20;
    const low = Math.max(a.y, b.y) + 60;
    const points: [number, number][] =
      a.y === b.y && b.x > a.x
        ? [
            [a.x, a.y],
            [b.x, b.y],
          ]
        : b.x - a.x >= 40
          ? [
              [a.x, a.y],
              [mid, a.y],
              [mid, b.y],
              [b.x, b.y],
            ]
          : [
              [a.x, a.y],
              [mid, a.y],
              [mid, low],
              [b.x - 20, low],
              [b.x - 20, b.y],
              [b.x, b.y],
            ];
    this.wirePath.setAttribute('d', pathOf(points).d);
    this.wireEnd.setAttribute('cx', String(to.x));
    this.wireEnd.setAttribute('cy', String(to.y));
    this.wireEnd.setAttribute('r', caught ? '0' : '5');
  }

  // ---- drawing
  private rebuild() {
    const { drawn, router } = this.board;
    const box = this.box;
    if (box === null || this.svg === null) return;
    const y = (e: Edge) => drawn.boxes.get(e.from)?.y ?? 0;
    const order = drawn.edges.toSorted((a, b) => y(a) - y(b));
    const next = new Set<string>();
    const groups: SVGGElement[] = [];
    for (const edge of order) {
      const route = router.routes.get(edge.id);
      if (!route) continue;
      const [x0, y0, x1, y1] = route.box;
      if (!overlaps({ x: x0, y: y0, w: x1 - x0, h: y1 - y0 }, box, 1)) continue;
      next.add(edge.id);
      let known = this.drawn.get(edge.id);
      if (!known) {
        known = { group: make('g', ''), casing: make('path', 'casing'), line: make('path', 'line'), state: '' };
        known.group.append(known.casing, known.line);
        this.drawn.set(edge.id, known);
      }
      known.state = this.stateOf(edge);
      this.mark(edge, known);
      this.shapeOf(edge, known);
      groups.push(known.group);
    }
    for (const id of this.drawn.keys()) if (!next.has(id)) this.drawn.delete(id);
    this.lines.replaceChildren(...groups);
    this.raise();
    this.placeCounts();
  }

  private redraw(id: string) {
    const drawn = this.drawn.get(id);
    const edge = this.board.drawn.edgeById.get(id);
    if (drawn && edge) this.shapeOf(edge, drawn);
  }

  private shapeOf(edge: Edge, drawn: Drawn) {
    const route = this.board.router.routes.get(edge.id);
    if (!route) return;
    drawn.line.setAttribute('d', route.d);
    const cased = route.length - CASING_START - CASING_END;
    if (cased > 0) {
      drawn.casing.setAttribute('d', route.d);
      drawn.casing.setAttribute('stroke-dasharray', `0 ${CASING_START} ${cased} 9999`);
    } else drawn.casing.removeAttribute('d');
    const { boxes, frames } = this.board.drawn;
    const [a, b] = [boxes.get(edge.from), boxes.get(edge.to)];
    const frame = a && b ? frames.find((f) => contains(f, a) && contains(f, b)) : undefined;
    drawn.casing.setAttribute('class', frame ? `casing in-frame ${frame.view.dye}` : 'casing');
  }

  private stateOf(edge: Edge): string {
    const run = this.board.run;
    if (run === null) return 'never';
    const state = edgeRun(run, edge.id);
    const target = nodeRun(run, edge.to)?.status;
    if (target === 'failed') return 'stopped';
    if (!state) return 'never';
    if (state.state === 'not_taken' || (state.state === 'empty' && state.items === 0)) return 'not-taken';
    const source = nodeRun(run, edge.from)?.status;
    if (target === 'running' || (state.state === 'open' && source === 'running')) return 'carried live';
    return 'carried';
  }

  private mark(edge: Edge, drawn: Drawn) {
    const dye = this.board.port(edge.from, 'out', edge.from_port)?.dye ?? 'linen';
    const disabled = this.board.card(edge.from)?.disabled === 'off' ? ' dead' : '';
    const marks = `${this.board.selection.has(edge.id) ? ' chosen' : ''}${this.hovered === edge.id ? ' hovered' : ''}${this.lifted === edge.id ? ' lifted' : ''}`;
    const traced = this.trace === null ? '' : this.trace.has(edge.id) ? ' traced' : ' faded';
    drawn.group.setAttribute('class', `thread ${dye} ${drawn.state}${disabled}${marks}${traced}`);
  }

  /** Hovered and selected threads lie on top. */
  private raise() {
    for (const edge of this.board.drawn.edges) {
      if (!this.board.selection.has(edge.id) && this.hovered !== edge.id && !this.trace?.has(edge.id)) continue;
      const group = this.drawn.get(edge.id)?.group;
      if (group?.nextSibling) this.lines.append(group);
    }
  }

  /** One count per source port. */
  private placeCounts() {
    const { board } = this;
    const seen = new Set<string>();
    if (board.run !== null) {
      for (const edge of board.drawn.edges) {
        const net = `${edge.from}.${edge.from_port}`;
        const drawn = this.drawn.get(edge.id);
        if (!drawn || seen.has(net)) continue;
        const text = this.words(edge, drawn.state);
        const port = board.port(edge.from, 'out', edge.from_port);
        if (text === null || !port) continue;
        seen.add(net);
        let label = this.labels.get(net);
        if (!label) {
          label = make('text', '');
          label.append('');
          this.labels.set(net, label);
          this.counts.append(label);
        }
        const at = board.portAt(edge.from, 'out', port);
        label.setAttribute('x', String(at.x + 9));
        label.setAttribute('y', String(at.y - 5));
        const stopped = drawn.state === 'stopped';
        const traced = this.trace !== null ? (this.trace.has(edge.id) ? ' traced' : ' faded') : '';
        const style = `count${stopped ? ' stopped' : drawn.state.includes('live') ? ' live' : ''}${traced}`;
        if (label.getAttribute('class') !== style) label.setAttribute('class', style);
        if (label.firstChild!.nodeValue !== text) label.firstChild!.nodeValue = text;
      }
    }
    for (const [net, label] of this.labels) {
      if (seen.has(net)) continue;
      label.remove();
      this.labels.delete(net);
    }
  }

  private words(edge: Edge, state: string): string | null {
    const run = this.board.run!;
    const items = edgeRun(run, edge.id)?.items ?? null;
    if (state === 'stopped') {
      const at = nodeRun(run, edge.to)?.problem?.item;
      if (items !== null && typeof at === 'number') return `${count(at)} / ${count(items)}`;
    }
    if (items === null || state === 'never' || state === 'not-taken') return null;
    return count(this.trace?.get(edge.id) ?? items);
  }

  /** All boxes as slips in their tint, each with its state. */
  private drawSlips() {
    if (!this.far) {
      if (this.slips.firstChild) this.slips.replaceChildren();
      return;
    }
    const { drawn, run, selection } = this.board;
    const rects: SVGRectElement[] = [];
    for (const box of drawn.boxes.values()) {
      if ('form' in box.view && box.view.form === 'frame') continue;
      const status = run === null ? undefined : nodeRun(run, box.id)?.status;
      const rect = make('rect', `slip ${box.view.dye}${status ? ` is-${status}` : ''}${selection.has(box.id) ? ' chosen' : ''}`);
      for (const [name, value] of [
        ['x', box.x],
        ['y', box.y],
        ['width', box.w],
        ['height', box.h],
        ['rx', 10],
      ] as const)
        rect.setAttribute(name, String(value));
      rects.push(rect);
    }
    this.slips.replaceChildren(...rects);
  }

  private drawFrames() {
    this.frames.replaceChildren(
      ...this.board.drawn.frames.map((f) => {
        const rect = make('rect', `frame ${f.view.dye}`);
        for (const [name, value] of [
          ['x', f.x + 0.5],
          ['y', f.y + 0.5],
          ['width', f.w - 1],
          ['height', f.h - 1],
          ['rx', 14],
        ] as const)
          rect.setAttribute(name, String(value));
        return rect;
      }),
    );
  }

  /** Views hang from their node's bottom port. */
  private drawLinks() {
    const { boxes, links } = this.board.drawn;
    this.links.replaceChildren(
      ...links.flatMap((link) => {
        const [of, view] = [boxes.get(link.of), boxes.get(link.view)];
        if (!of || !view) return [];
        const x = of.x + of.w / 2;
        const y = of.y + of.h;
        const to = hangs(of, view);
        const mid = y + Math.max(12, (view.y - y) / 2);
        const path = make('path', 'link');
        path.setAttribute(
          'd',
          pathOf(
            x === to
              ? [
                  [x, y],
                  [to, view.y],
                ]
              : [
                  [x, y],
                  [x, mid],
                  [to, mid],
                  [to, view.y],
                ],
          ).d,
        );
        const port = document.querySelector<HTMLElement>(`[data-hangs="${CSS.escape(link.view)}"]`);
        if (port) port.style.left = `${to - view.x}px`;
        return [path];
      }),
    );
  }
}

/** Where on its top edge a view hangs: straight below its node where it can. */
export function hangs(of: Rect, view: Rect): number {
  const x = of.x + of.w / 2;
  return Math.min(view.x + view.w - 14, Math.max(view.x + 14, x));
}
