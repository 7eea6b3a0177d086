// What the canvas draws, made from the document: boxes with their sizes, ports and words.
import type { Block, Edge, Finding, Flow, Node, NodeTypeView, PortShape } from '../api';
import { asDye, type Dye, dyeOf } from '../kit';
import { cardWords } from './cardWords';
import {
  bottom,
  CARD_W,
  COMPACT_TOP,
  contains,
  FOOT_H,
  HEAD_H,
  isCompact,
  PORT_Y,
  type Rect,
  ROW_H,
  right,
  TRIGGER,
  TRIGGER_TOP,
} from './geometry';
import { missingPlaces } from './tidy';

export type DrawnShape = PortShape | 'error';
export interface Port {
  name: string;
  label: string;
  /** Below the box's place. */
  y: number;
  shape: DrawnShape;
  dye: Dye;
  /** Stands in a row of its own, with its label. */
  row: boolean;
}

/** A node as its card shows it; the same object while nothing of it changed. */
export interface CardView {
  id: string;
  form: 'card' | 'compact' | 'trigger';
  name: string;
  /** The deciding setting. */
  sub: string;
  typeTitle: string;
  icon: string | undefined;
  group: string;
  dye: Dye;
  inputs: Port[];
  outputs: Port[];
  rows: number;
  finding: Finding | null;
  pinned: boolean;
  disabled: 'off' | 'bypass' | null;
  /** A view hangs from its bottom port. */
  viewed: boolean;
}
export interface BlockView {
  id: string;
  form: 'note' | 'frame' | 'view';
  block: Block;
  dye: Dye;
}
export interface Box extends Rect {
  id: string;
  view: CardView | BlockView;
}
export interface Drawn {
  boxes: Map<string, Box>;
  /** Edges whose two ends exist. */
  edges: Edge[];
  edgeById: Map<string, Edge>;
  frames: Box[];
  /** Views and the node each shows. */
  links: { view: string; of: string }[];
}

export const isCard = (view: CardView | BlockView): view is CardView => 'typeTitle' in view;
const BLOCK_SIZE = { note: [240, 96], frame: [320, 200], view: [372, 256] } as const;

const cards = new WeakMap<Node, { key: string; view: CardView }>();
const blocks = new WeakMap<Block, BlockView>();

/** The width and height of a card, with or without its foot. */
export function cardSize(view: CardView, width: number | undefined, foot: boolean): [w: number, h: number] {
  if (view.form === 'trigger') return [TRIGGER, TRIGGER_TOP * 2 + TRIGGER];
  if (view.form === 'compact') return [width ?? 146, COMPACT_TOP * 2 + 36];
  return [width ?? CARD_W, HEAD_H + view.rows * ROW_H + (foot ? FOOT_H : 0)];
}

/** The picture of a flow. `footed` says which cards show a foot. */
export function draw(flow: Flow, types: Record<string, NodeTypeView>, footed: (node: string) => boolean): Drawn {
  const boxes = new Map<string, Box>();
  const into = new Map<string, Edge[]>();
  const outOf = new Map<string, Edge[]>();
  const known = new Set(flow.nodes.map((n) => n.id));
  const edges = flow.edges.filter((e) => known.has(e.from) && known.has(e.to));
  const push = (map: Map<string, Edge[]>, id: string, edge: Edge) => {
    const list = map.get(id);
    if (list) list.push(edge);
    else map.set(id, [edge]);
  };
  for (const e of edges) {
    push(into, e.to, e);
    push(outOf, e.from, e);
  }
  const nodeById = new Map(flow.nodes.map((n) => [n.id, n]));
  const finding = new Map<string, Finding>();
  for (const f of flow.findings) {
    if (f.node === null || f.severity === 'info') continue;
    const before = finding.get(f.node);
    if (!before || (before.severity === 'warning' && f.severity === 'error')) finding.set(f.node, f);
  }
  const pinned = new Set(flow.pinned);
  const links = flow.blocks.flatMap((b) => {
    const of = b.type === 'view' && typeof b.fields.of === 'string' ? (b.fields.of.split('.')[0] ?? '') : '';
    return known.has(of) ? [{ view: b.id, of }] : [];
  });
  const viewed = new Set(links.map((l) => l.of));
  const places = missingPlaces(flow, types);

  for (const node of flow.nodes) {
    const place = flow.layout[node.id] ?? places.get(node.id) ?? [0, 0];
    const type = types[node.type];
    const view = card(node, type, into.get(node.id) ?? [], outOf.get(node.id) ?? [], {
      compact: isCompact(place),
      finding: finding.get(node.id) ?? null,
      pinned: pinned.has(node.id),
      viewed: viewed.has(node.id),
      source: (id) => types[nodeById.get(id)?.type ?? ''],
    });
    const [w, h] = cardSize(view, place[2], footed(node.id));
    boxes.set(node.id, { id: node.id, x: place[0] ?? 0, y: place[1] ?? 0, w, h, view });
  }
  const frames: Box[] = [];
  for (const b of flow.blocks) {
    const form = b.type === 'frame' || b.type === 'view' ? b.type : 'note';
    let view = blocks.get(b);
    if (!view) {
      view = { id: b.id, form, block: b, dye: asDye(b.fields.dye, form === 'note' ? 'weld' : 'linen') };
      blocks.set(b, view);
    }
    const place = flow.layout[b.id];
    const box = place
      ? { x: place[0] ?? 0, y: place[1] ?? 0, w: place[2] ?? BLOCK_SIZE[form][0], h: place[3] ?? BLOCK_SIZE[form][1] }
      : home(b, form, boxes);
    const drawn = { id: b.id, ...box, view };
    boxes.set(b.id, drawn);
    if (form === 'frame') frames.push(drawn);
  }
  return { boxes, edges, edgeById: new Map(edges.map((e) => [e.id, e])), frames, links };
}

/** Where a block without a place stands: a frame around its members, a view below its node. */
function home(block: Block, form: 'note' | 'frame' | 'view', boxes: Map<string, Box>): Rect {
  const [w, h] = BLOCK_SIZE[form];
  const of = form === 'view' ? boxes.get(String(block.fields.of).split('.')[0] ?? '') : undefined;
  if (of) return { x: of.x + of.w / 2 - w / 2, y: bottom(of) + 64, w, h };
  const members = Array.isArray(block.fields.members) ? block.fields.members.flatMap((id) => boxes.get(String(id)) ?? []) : [];
  if (form === 'frame' && members.length > 0) {
    const x = Math.min(...members.map((m) => m.x)) - 16;
    const y = Math.min(...members.map((m) => m.y)) - 36;
    return { x, y, w: Math.max(...members.map(right)) + 16 - x, h: Math.max(...members.map(bottom)) + 16 - y };
  }
  return { x: 0, y: -h - 48, w, h };
}

interface Around {
  compact: boolean;
  finding: Finding | null;
  pinned: boolean;
  viewed: boolean;
  source(node: string): NodeTypeView | undefined;
}

function card(node: Node, type: NodeTypeView | undefined, into: Edge[], outOf: Edge[], around: Around): CardView {
  const sources = into.map((e) => `${e.to_port}<${around.source(e.from)?.id ?? ''}.${e.from_port}`).join();
  const key = [
    around.compact,
    around.finding?.message,
    around.pinned,
    around.viewed,
    type?.id,
    sources,
    outOf.map((e) => e.from_port).join(),
  ].join('|');
  const before = cards.get(node);
  if (before?.key === key) return before.view;
  const dye = dyeOf(type?.group ?? node.type.split('.')[0]);
  const inputs = portsOf(
    type?.inputs ?? [],
    into.map((e) => e.to_port),
  ).map((p): Port => {
    // A connected port takes the dye and shape of what arrives.
    const edge = into.find((e) => e.to_port === p.name);
    const from = edge && around.source(edge.from);
    const shape = from?.outputs.find((o) => o.name === edge?.from_port)?.shape;
    return { ...p, y: PORT_Y, row: false, dye: from ? dyeOf(from.group) : dye, shape: shape ?? p.shape };
  });
  const outputs = portsOf(
    type?.outputs ?? [],
    outOf.map((e) => e.from_port).filter((p) => p !== 'error'),
  ).map((p): Port => ({ ...p, y: PORT_Y, row: false, dye }));
  if (node.options.on_error === 'port' || outOf.some((e) => e.from_port === 'error')) {
    outputs.push({ name: 'error', label: 'error', shape: 'error', y: PORT_Y, row: false, dye });
  }
  const form = type?.trigger ? 'trigger' : around.compact && inputs.length < 2 && outputs.length < 2 ? 'compact' : 'card';
  for (const side of [inputs, outputs]) {
    if (side.length < 2) continue;
    side.forEach((p, i) => {
      p.row = true;
      p.y = HEAD_H + ROW_H / 2 + ROW_H * i;
    });
  }
  const rows = Math.max(inputs.length > 1 ? inputs.length : 0, outputs.length > 1 ? outputs.length : 0);
  const disabled =
    node.options.disabled === 'off'
      ? 'off'
      : node.options.disabled === 'bypass' || node.options.disabled === true
        ? 'bypass'
        : null;
  const view: CardView = {
    id: node.id,
    form,
    name: node.name,
    sub: type ? cardWords(type.card, node.settings) || (node.name === type.title ? '' : type.title) : `No type ${node.type} here`,
    typeTitle: type?.title ?? node.type,
    icon: type?.icon,
    group: type?.group ?? '',
    dye,
    inputs,
    outputs,
    rows,
    finding: around.finding,
    pinned: around.pinned,
    disabled,
    viewed: around.viewed,
  };
  cards.set(node, { key, view });
  return view;
}

/** The ports a type has, and those that edges name besides. */
function portsOf(own: readonly { name: string; label: string; shape: PortShape }[], named: readonly string[]) {
  const ports = own.map((p) => ({ ...p, label: p.label || p.name }));
  for (const name of named) if (!ports.some((p) => p.name === name)) ports.push({ name, label: name, shape: 'item' });
  return ports;
}

/** Whether items of one port may enter another. */
export const fits = (out: DrawnShape, into: DrawnShape): boolean =>
  out === into || out === 'signal' || into === 'signal' || (out === 'error' && into === 'item');

/** What lies in a frame: its members, or, where it names none, what stands inside it. */
export function membersOf(frame: Box, boxes: Map<string, Box>): string[] {
  const named = isCard(frame.view) ? null : frame.view.block.fields.members;
  if (Array.isArray(named)) return named.map(String).filter((id) => boxes.has(id));
  return [...boxes.values()].filter((b) => b.id !== frame.id && contains(frame, b)).map((b) => b.id);
}
