// What one does with a flow, as edits: each is one gesture, undone at once.
import { type Applied, call, type Edge, type Edit, edit, settled } from '../api';
import { select } from '../app';
import { notice, problem } from '../kit';
import type { Board, Held, QuickAddAt, Wire } from './board';
import { write } from './clipboard';
import { fits, isCard, membersOf } from './drawn';
import { around, CARD_W, COMPACT_H, contains, GAP, overlaps, PORT_Y, type Point, type Rect, right, snap } from './geometry';
import { hit } from './shape';
import { tidy } from './tidy';

/** Sends a gesture; says what went wrong; waits until the screen has it. */
async function send(board: Board, label: string, edits: Edit[], gesture: string | null = null): Promise<Applied | null> {
  if (board.readOnly || edits.length === 0) return null;
  try {
    const applied = await edit(board.id, label, edits, gesture);
    await settled(board.id, applied.rev);
    return applied;
  } catch (error) {
    problem(error);
    return null;
  }
}

const nameOf = (board: Board, id: string): string => {
  const view = board.drawn.boxes.get(id)?.view;
  return view ? (isCard(view) ? view.name : view.form) : 'a thread';
};
const these = (board: Board, ids: readonly string[]): string =>
  ids.length === 1 ? nameOf(board, ids[0]!) : `${ids.length} things`;
const place = (board: Board, id: string, at: Held): number[] => {
  const kept = board.flow?.layout[id] ?? [];
  const [w, h] = [at.w ?? kept[2], at.h ?? kept[3]];
  if (w === undefined) return [at.x, at.y];
  return h === undefined ? [at.x, at.y, w] : [at.x, at.y, w, h];
};

/** Boxes were dropped: one edit for all of them. */
export async function dropMoved(board: Board, ids: readonly string[]) {
  const to: Record<string, number[]> = {};
  for (const id of ids) {
    const box = board.drawn.boxes.get(id);
    if (box) to[id] = place(board, id, box.view && isCard(box.view) ? { x: box.x, y: box.y } : box);
  }
  board.dropped(ids);
  await send(board, `Move ${these(board, ids)}`, [{ do: 'move', to }, ...joinFrames(board, ids)]);
  board.letGo(ids);
}

/** What was dropped into a frame belongs to it from then on; what was carried out of it does not. */
function joinFrames(board: Board, ids: readonly string[]): Edit[] {
  return board.drawn.frames.flatMap((frame): Edit[] => {
    const named = isCard(frame.view) ? undefined : frame.view.block.fields.members;
    if (ids.includes(frame.id) || !Array.isArray(named)) return [];
    const members = named.map(String);
    const boxes = ids.flatMap((id) => board.drawn.boxes.get(id) ?? []);
    const into = boxes.filter((b) => contains(frame, b) && !members.includes(b.id)).map((b) => b.id);
    const out = boxes.filter((b) => !overlaps(frame, b) && members.includes(b.id)).map((b) => b.id);
    if (into.length === 0 && out.length === 0) return [];
    return [{ do: 'set', entity: frame.id, field: 'members', value: [...members.filter((m) => !out.includes(m)), ...into] }];
  });
}

export const resizing = (board: Board, id: string, at: Rect) => board.hold(new Map([[id, at]]));
export async function resize(board: Board, id: string, at: Rect) {
  await send(board, `Resize ${nameOf(board, id)}`, [{ do: 'move', to: { [id]: [at.x, at.y, at.w, at.h] } }]);
  board.letGo([id]);
}

export const rename = (board: Board, node: string, name: string) =>
  send(board, `Rename ${nameOf(board, node)}`, [{ do: 'set', entity: node, field: 'name', value: name }]);
export const setBlockText = (board: Board, id: string, text: string, field: 'text' | 'name' = 'text') =>
  send(board, `Edit ${nameOf(board, id)}`, [{ do: 'set', entity: id, field, value: text }]);

/** The ends a wire and a port make, if they fit. */
export function joined(wire: Wire, node: string, port: { name: string; shape: Parameters<typeof fits>[0] }) {
  const ok =
    node !== wire.node || wire.side === 'out'
      ? wire.side === 'out'
        ? fits(wire.port.shape, port.shape)
        : fits(port.shape, wire.port.shape)
      : false;
  if (!ok) return null;
  return wire.side === 'out'
    ? { from: wire.node, from_port: wire.port.name, to: node, to_port: port.name }
    : { from: node, from_port: port.name, to: wire.node, to_port: wire.port.name };
}

/** Connects what a wire joins; a thread whose end was taken along goes. */
export function connect(board: Board, wire: Wire, node: string, port: { name: string; shape: Parameters<typeof fits>[0] }) {
  const ends = joined(wire, node, port);
  if (!ends) return;
  const id = `${ends.from}.${ends.from_port} -> ${ends.to}.${ends.to_port}`;
  if (wire.instead?.id === id || board.drawn.edges.some((e) => e.id === id)) return;
  const edits: Edit[] = wire.instead ? [{ do: 'disconnect', edge: wire.instead.id }] : [];
  void send(board, `Connect ${nameOf(board, ends.from)} and ${nameOf(board, ends.to)}`, [...edits, { do: 'connect', ...ends }]);
}

export const disconnect = (board: Board, edge: Edge) =>
  send(board, `Disconnect ${nameOf(board, edge.from)} and ${nameOf(board, edge.to)}`, [{ do: 'disconnect', edge: edge.id }]);

/** An id nobody has, from a name, so that one gesture may add a node and connect it. */
export function freeId(board: Board, name: string): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^[_0-9]+|_+$/g, '') || 'node';
  let id = base;
  for (let i = 2; board.drawn.boxes.has(id); i++) id = `${base}_${i}`;
  return id;
}

/** A place near this one where nothing stands. */
function freePlace(board: Board, at: Point, w = CARD_W, h = 80): Point {
  const taken = [...board.drawn.boxes.values()].filter((b) => isCard(b.view) || b.view.form === 'view');
  const y = snap(at.y);
  for (let k = 0; k < 40; k++) {
    const r = { x: snap(at.x), y: y + k * 24, w, h };
    if (!taken.some((b) => r.x < right(b) + 8 && right(r) > b.x - 8 && r.y < b.y + b.h + 16 && r.y + r.h > b.y - 16)) return r;
  }
  return { x: snap(at.x), y };
}

/** Everything that a node's outputs lead to. */
function downstream(board: Board, from: string): Set<string> {
  const found = new Set([from]);
  const queue = [from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const e of board.drawn.edges) {
      if (e.from !== id || found.has(e.to)) continue;
      found.add(e.to);
      queue.push(e.to);
    }
  }
  return found;
}

/** Adds a node of a type where quick-add stands; connects it to its wire, or puts it into its thread. */
export async function addNode(board: Board, type: string, where: QuickAddAt): Promise<string | null> {
  const known = board.typeOf(type);
  const title = known?.title ?? type;
  const id = freeId(board, title);
  const edits: Edit[] = [];
  let at: Point;
  if (where.into !== null) {
    const edge = board.drawn.edges.find((e) => e.id === where.into);
    const [from, to] = [board.drawn.boxes.get(edge?.from ?? ''), board.drawn.boxes.get(edge?.to ?? '')];
    if (!edge || !from || !to) return null;
    at = {
      x: snap(right(from) + GAP),
      y: snap(board.portAt(edge.to, 'in', board.port(edge.to, 'in', edge.to_port)!).y - PORT_Y),
    };
    if (right(from) + GAP > to.x) at.x = snap((right(from) + to.x - CARD_W) / 2);
    const short = at.x + CARD_W + GAP - to.x;
    edits.push({ do: 'add_node', id, type, name: null, settings: {}, at: [at.x, at.y] }, { do: 'disconnect', edge: edge.id });
    const input = known?.inputs[0]?.name;
    const output = known?.outputs[0]?.name;
    if (input) edits.push({ do: 'connect', from: edge.from, from_port: edge.from_port, to: id, to_port: input });
    if (output) edits.push({ do: 'connect', from: id, from_port: output, to: edge.to, to_port: edge.to_port });
    if (short > 0 && to.x > from.x) {
      const moved: Record<string, number[]> = {};
      const after = downstream(board, edge.to);
      for (const { view, of } of board.drawn.links) if (after.has(of)) after.add(view);
      for (const box of board.drawn.boxes.values())
        if (after.has(box.id) && (box.x >= to.x || !isCard(box.view)))
          moved[box.id] = place(board, box.id, { x: snap(box.x + short), y: box.y });
      edits.push({ do: 'move', to: moved });
    }
  } else {
    const wire = where.wire;
    const from = wire ? board.drawn.boxes.get(wire.node) : undefined;
    at = where.at;
    if (wire && from) {
      const y = board.portAt(wire.node, wire.side, wire.port).y;
      // Dropped nearly level with its port: level with it, so that the thread is straight.
      if (Math.abs(at.y - y) < 20) at = { x: at.x, y };
      at = {
        x: wire.side === 'out' ? Math.max(at.x, right(from) + (at.x > right(from) ? 32 : -CARD_W)) : at.x - CARD_W,
        y: at.y - PORT_Y,
      };
    }
    at = freePlace(board, at);
    edits.push({ do: 'add_node', id, type, name: null, settings: {}, at: [at.x, at.y] });
    const ports = wire?.side === 'out' ? known?.inputs : known?.outputs;
    const port = ports?.find((p) =>
      wire?.side === 'out' ? fits(wire.port.shape, p.shape) : wire && fits(p.shape, wire.port.shape),
    );
    const ends = wire && port ? joined(wire, id, port) : null;
    if (wire?.instead) edits.push({ do: 'disconnect', edge: wire.instead.id });
    if (ends) edits.push({ do: 'connect', ...ends });
  }
  const applied = await send(board, `Add ${title}`, edits);
  if (!applied) return null;
  const made = applied.made[0] ?? id;
  select(board.id, [made]);
  return made;
}

/** Deletes; a node in the middle of a chain joins what was around it. */
export async function remove(board: Board, ids: readonly string[], join = true) {
  const gone = new Set(ids);
  const nodes = ids.filter((id) => board.card(id));
  const edits: Edit[] = [{ do: 'remove', ids: [...ids] }];
  if (join && nodes.length === 1) {
    const id = nodes[0]!;
    const into = board.drawn.edges.filter((e) => e.to === id && !gone.has(e.from));
    const first = board.card(id)?.outputs[0]?.name;
    const out = board.drawn.edges.filter((e) => e.from === id && e.from_port === first && !gone.has(e.to));
    for (const a of into) {
      for (const b of out) {
        const [from, to] = [board.port(a.from, 'out', a.from_port), board.port(b.to, 'in', b.to_port)];
        const there = board.drawn.edges.some(
          (e) => e.from === a.from && e.from_port === a.from_port && e.to === b.to && e.to_port === b.to_port,
        );
        if (from && to && !there && fits(from.shape, to.shape) && a.from !== b.to)
          edits.push({ do: 'connect', from: a.from, from_port: a.from_port, to: b.to, to_port: b.to_port });
      }
    }
  }
  for (const frame of board.drawn.frames) {
    const named = isCard(frame.view) ? undefined : frame.view.block.fields.members;
    if (gone.has(frame.id) || !Array.isArray(named) || !named.some((m) => gone.has(String(m)))) continue;
    edits.push({ do: 'set', entity: frame.id, field: 'members', value: named.filter((m) => !gone.has(String(m))) });
  }
  select(board.id, []);
  await send(board, `Delete ${these(board, ids)}`, edits);
}

const boxesOf = (board: Board) => [...board.selection].filter((id) => board.drawn.boxes.has(id));

/** The selection as YAML text on the clipboard. */
export async function copy(board: Board): Promise<string | null> {
  const ids = boxesOf(board);
  if (ids.length === 0) return null;
  try {
    const { text } = await call('flow_copy', { flow: board.id, ids });
    if (!(await write(text))) notice('The clipboard is not open to this page: paste works within this window.');
    return text;
  } catch (error) {
    problem(error);
    return null;
  }
}

export async function cut(board: Board) {
  if ((await copy(board)) !== null) await remove(board, boxesOf(board), false);
}

/** Puts YAML text on the cloth: its top left corner where the pointer is. */
export async function paste(board: Board, at: Point, text: string) {
  const applied = await send(board, 'Paste', [{ do: 'paste', text, at: [snap(at.x), snap(at.y)] }]);
  if (applied) select(board.id, applied.made);
}

export async function duplicate(board: Board, offset: Point = { x: 32, y: 32 }) {
  const ids = boxesOf(board);
  const frame = around(ids.map((id) => board.drawn.boxes.get(id)!));
  if (!frame) return;
  try {
    const { text } = await call('flow_copy', { flow: board.id, ids });
    const applied = await send(board, `Duplicate ${these(board, ids)}`, [
      { do: 'paste', text, at: [snap(frame.x + offset.x), snap(frame.y + offset.y)] },
    ]);
    if (applied) select(board.id, applied.made);
  } catch (error) {
    problem(error);
  }
}

/** Off or bypass; the same again takes it back. */
export function disable(board: Board, how: 'off' | 'bypass') {
  const nodes = [...board.selection].filter((id) => board.card(id));
  const all = nodes.every((id) => board.card(id)?.disabled === how);
  const words = all ? 'Switch on' : how === 'off' ? 'Switch off' : 'Bypass';
  void send(
    board,
    `${words} ${these(board, nodes)}`,
    nodes.map((id) => ({ do: 'set', entity: id, field: 'disabled', value: all ? null : how })),
  );
}

export function compact(board: Board) {
  const to: Record<string, number[]> = {};
  for (const id of board.selection) {
    const [view, box] = [board.card(id), board.drawn.boxes.get(id)];
    if (!view || !box || view.form === 'trigger') continue;
    to[id] = view.form === 'compact' ? [box.x, box.y] : [box.x, box.y, 146, COMPACT_H];
  }
  if (Object.keys(to).length > 0) void send(board, 'Compact', [{ do: 'move', to }]);
}

export async function pin(board: Board) {
  const nodes = [...board.selection].filter((id) => board.card(id));
  try {
    for (const node of nodes) {
      const off = board.card(node)?.pinned;
      await call('flow_pin', off ? { flow: board.id, node } : { flow: board.id, node, run: board.run });
    }
  } catch (error) {
    problem(error);
  }
}

export async function addNote(board: Board, at: Point) {
  const id = freeId(board, 'note');
  const applied = await send(board, 'Add a note', [
    { do: 'add_block', id, type: 'note', fields: { text: '' }, at: [snap(at.x), snap(at.y), 240, 96] },
  ]);
  if (!applied) return;
  select(board.id, applied.made);
  board.ui.setState({ renaming: applied.made[0] ?? id });
}

/** A frame around the selection. */
export async function addFrame(board: Board) {
  const ids = boxesOf(board);
  const r = around(ids.map((id) => board.drawn.boxes.get(id)!));
  if (!r) return notice('Select what the frame should hold, then frame it.', undefined, 'group');
  const id = freeId(board, 'frame');
  const at = [snap(r.x - 16), snap(r.y - 36), snap(r.w + 32), snap(r.h + 52)];
  const applied = await send(board, 'Frame', [
    { do: 'add_block', id, type: 'frame', fields: { name: 'Frame', dye: 'woad', members: ids }, at },
  ]);
  if (!applied) return;
  select(board.id, applied.made);
  board.ui.setState({ renaming: applied.made[0] ?? id });
}

/** A view of a node's output, hanging below it. */
export async function addView(board: Board, node: string) {
  const box = board.drawn.boxes.get(node);
  if (!box) return;
  const at = freePlace(board, { x: box.x + box.w / 2 - 186, y: box.y + box.h + 64 }, 372, 256);
  const applied = await send(board, `Add a view of ${nameOf(board, node)}`, [
    {
      do: 'add_block',
      id: freeId(board, `${node}_view`),
      type: 'view',
      fields: { of: node, show: 'table' },
      at: [at.x, at.y, 372, 256],
    },
  ]);
  if (applied) select(board.id, applied.made);
}

/** Lays out the selection, or everything, from left to right. */
export async function tidyUp(board: Board) {
  const chosen = [...board.selection].filter((id) => board.card(id));
  const nodes = (chosen.length > 1 ? chosen : [...board.drawn.boxes.keys()].filter((id) => board.card(id))).map(
    (id) => board.drawn.boxes.get(id)!,
  );
  if (nodes.length < 2) return;
  const home = around(nodes)!;
  const joins = new Set(board.drawn.edges.flatMap((e) => [e.from, e.to]));
  const placed = tidy(
    nodes.filter((n) => joins.has(n.id)),
    board.drawn.edges,
    { x: snap(home.x), y: snap(home.y) },
  );
  const to: Record<string, number[]> = {};
  for (const [id, [x, y]] of placed) to[id] = place(board, id, { x, y });
  // What has no threads stands in a row of its own, below everything.
  const loose = nodes.filter((n) => !joins.has(n.id));
  const rest = around(
    [...board.drawn.boxes.values()].flatMap((b) =>
      loose.includes(b) ? [] : [placed.has(b.id) ? { ...b, y: placed.get(b.id)![1] } : b],
    ),
  );
  let x = snap(home.x);
  for (const box of loose) {
    to[box.id] = place(board, box.id, { x, y: snap(rest ? rest.y + rest.h + 64 : home.y) });
    x = snap(x + box.w + GAP);
  }
  // Views follow their node; frames close around their members again.
  for (const { view, of } of board.drawn.links) {
    const [box, before, after] = [board.drawn.boxes.get(view), board.drawn.boxes.get(of), placed.get(of)];
    if (box && before && after)
      to[view] = place(board, view, { ...box, x: snap(box.x + after[0] - before.x), y: snap(box.y + after[1] - before.y) });
  }
  for (const frame of board.drawn.frames) {
    const members = membersOf(frame, board.drawn.boxes).flatMap((id) => {
      const box = board.drawn.boxes.get(id);
      const at = placed.get(id);
      return box ? [at ? { ...box, x: at[0], y: at[1] } : box] : [];
    });
    const r = around(members);
    if (r) to[frame.id] = [snap(r.x - 16), snap(r.y - 36), snap(r.w + 32), snap(r.h + 52)];
  }
  await send(board, 'Tidy', [{ do: 'move', to }]);
}

/** A node without threads, dropped on a thread, goes into it. */
export function threadUnder(board: Board, node: string): Edge | null {
  const [box, view] = [board.drawn.boxes.get(node), board.card(node)];
  if (!box || !view || view.inputs.length === 0 || view.outputs.length === 0) return null;
  if (board.drawn.edges.some((e) => e.from === node || e.to === node)) return null;
  const id = hit(board.router.routes, box.x + box.w / 2, box.y + PORT_Y, 24);
  const edge = board.drawn.edges.find((e) => e.id === id);
  const [from, to] = [edge && board.port(edge.from, 'out', edge.from_port), edge && board.port(edge.to, 'in', edge.to_port)];
  return edge && from && to && fits(from.shape, view.inputs[0]!.shape) && fits(view.outputs[0]!.shape, to.shape) ? edge : null;
}

export async function dropInto(board: Board, node: string, edge: Edge) {
  const [box, view] = [board.drawn.boxes.get(node), board.card(node)];
  if (!box || !view) return;
  await send(board, `Insert ${view.name}`, [
    { do: 'move', to: { [node]: place(board, node, { x: box.x, y: box.y }) } },
    { do: 'disconnect', edge: edge.id },
    { do: 'connect', from: edge.from, from_port: edge.from_port, to: node, to_port: view.inputs[0]!.name },
    { do: 'connect', from: node, from_port: view.outputs[0]!.name, to: edge.to, to_port: edge.to_port },
  ]);
  board.letGo([node]);
}
