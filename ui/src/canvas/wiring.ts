// Drawing a wire from port to port: by hand, from the port the pointer went down on.
import { select } from '../app';
import type { Board, Wire } from './board';
import { type CardView, fits, isCard, type Port } from './drawn';
import { GAP, type Point } from './geometry';
import { connect, joined } from './gestures';

/** Screen pixels within which a port catches the wire. */
const REACH = 24;
const NEEDED = 4;

interface Caught {
  node: string;
  port: Port;
}

const portsOf = (view: CardView, side: 'in' | 'out') => (side === 'in' ? view.inputs : view.outputs);
const WORDS = { item: 'items', file: 'a file', value: 'a value', signal: 'a signal', error: 'errors' };

/** The port that a point catches: the nearest that fits, or the first that fits of the card under it. */
export function catches(board: Board, wire: Wire, at: Point): { caught: Caught | null; why: string | null } {
  const other = wire.side === 'out' ? 'in' : 'out';
  const reach = REACH / board.zoom;
  let caught: Caught | null = null;
  let why: string | null = null;
  let nearest = reach;
  for (const box of board.drawn.boxes.values()) {
    const view = box.view;
    if (
      !isCard(view) ||
      at.x < box.x - reach ||
      at.x > box.x + box.w + reach ||
      at.y < box.y - reach ||
      at.y > box.y + box.h + reach
    )
      continue;
    for (const port of portsOf(view, other)) {
      const p = board.portAt(box.id, other, port);
      const far = Math.hypot(p.x - at.x, p.y - at.y);
      if (far > nearest) continue;
      if (joined(wire, box.id, port)) {
        nearest = far;
        caught = { node: box.id, port };
      } else {
        const [from, to] = wire.side === 'out' ? [wire.port, port] : [port, wire.port];
        why = `wants ${WORDS[to.shape]}, gets ${WORDS[from.shape]}`;
      }
    }
    const inside = at.x > box.x && at.x < box.x + box.w && at.y > box.y && at.y < box.y + box.h;
    if (inside && caught === null && box.id !== wire.node) {
      const taken = (p: Port) =>
        board.drawn.edges.some((e) =>
          other === 'in' ? e.to === box.id && e.to_port === p.name : e.from === box.id && e.from_port === p.name,
        );
      const open = portsOf(view, other).filter((p) => joined(wire, box.id, p));
      const port = open.find((p) => !taken(p)) ?? open[0];
      if (port) caught = { node: box.id, port };
    }
  }
  return { caught, why: caught ? null : why };
}

/** A port pressed and let go: its threads are selected, or what fits it is offered. */
function click(board: Board, port: Port, node: string, side: 'in' | 'out') {
  const threads = board.drawn.edges.filter((e) =>
    side === 'in' ? e.to === node && e.to_port === port.name : e.from === node && e.from_port === port.name,
  );
  if (threads.length > 0)
    return select(
      board.id,
      threads.map((e) => e.id),
    );
  const from = board.portAt(node, side, port);
  const at = { x: from.x + (side === 'out' ? GAP : -GAP), y: from.y };
  board.ui.setState({ quickAdd: { at, wire: { node, port, side, instead: null }, into: null } });
  board.threads.wire({ ...from, side }, at, false);
}

/** Begins a wire. `toCloth` gives the place on the cloth under a pointer. */
export function startWire(
  board: Board,
  root: HTMLElement,
  event: PointerEvent,
  target: HTMLElement,
  toCloth: (e: { clientX: number; clientY: number }) => Point,
) {
  const { node = '', port: name = '', side } = target.dataset;
  const own = board.port(node, side === 'in' ? 'in' : 'out', name);
  if (!own || board.readOnly || (side !== 'in' && side !== 'out')) return;
  const start = { x: event.clientX, y: event.clientY };
  let wire: Wire = { node, port: own, side, instead: null };
  // From an input that has a thread: take its end along.
  if (side === 'in') {
    const edge = board.drawn.edges.find((e) => e.to === node && e.to_port === name);
    const from = edge && board.port(edge.from, 'out', edge.from_port);
    if (edge && from) wire = { node: edge.from, port: from, side: 'out', instead: edge };
  }
  let drawing = false;
  let last: { caught: Caught | null; why: string | null } = { caught: null, why: null };
  let filled: Element | null = null;
  const note = root.querySelector<HTMLElement>('.wire-note');
  const from = () => ({ ...board.portAt(wire.node, wire.side, wire.port), side: wire.side });

  const move = (e: PointerEvent) => {
    if (!drawing && Math.hypot(e.clientX - start.x, e.clientY - start.y) < NEEDED) return;
    if (!drawing) {
      drawing = true;
      root.dataset.wiring = wire.side;
      board.threads.lift(wire.instead?.id ?? null);
      for (const p of root.querySelectorAll<HTMLElement>('.port[data-side]')) {
        const shape = board.port(p.dataset.node ?? '', p.dataset.side === 'in' ? 'in' : 'out', p.dataset.port ?? '')?.shape;
        const ok =
          p.dataset.side !== wire.side &&
          shape &&
          (wire.side === 'out' ? fits(wire.port.shape, shape) : fits(shape, wire.port.shape));
        p.classList.toggle('unfit', !ok && p !== target);
      }
    }
    const at = toCloth(e);
    last = catches(board, wire, at);
    const to = last.caught ? board.portAt(last.caught.node, wire.side === 'out' ? 'in' : 'out', last.caught.port) : at;
    board.threads.wire(from(), to, last.caught !== null);
    filled?.classList.remove('fill');
    filled = last.caught
      ? root.querySelector(
          `.port[data-side=${wire.side === 'out' ? 'in' : 'out'}][data-node="${CSS.escape(last.caught.node)}"][data-port="${CSS.escape(last.caught.port.name)}"]`,
        )
      : null;
    filled?.classList.add('fill');
    if (note) {
      note.hidden = last.why === null;
      note.textContent = last.why ?? '';
      const box = root.getBoundingClientRect();
      note.style.transform = `translate(${e.clientX - box.left + 14}px, ${e.clientY - box.top + 10}px)`;
    }
  };
  const clean = () => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('keydown', giveUp, true);
    delete root.dataset.wiring;
    board.threads.lift(null);
    for (const p of root.querySelectorAll('.port.unfit')) p.classList.remove('unfit');
    filled?.classList.remove('fill');
    if (note) note.hidden = true;
  };
  const up = (e: PointerEvent) => {
    clean();
    if (!drawing) return click(board, own, node, side);
    if (last.caught) {
      board.threads.wire(null, null, false);
      connect(board, wire, last.caught.node, last.caught.port);
    } else if (last.why === null) {
      board.ui.setState({ quickAdd: { at: toCloth(e), wire, into: null } });
    } else board.threads.wire(null, null, false);
  };
  const giveUp = (e: KeyboardEvent) => {
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    clean();
    board.threads.wire(null, null, false);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('keydown', giveUp, true);
}
