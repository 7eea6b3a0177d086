// Changes of the backend, applied to the flow a screen holds: new objects only where something changed.
import type { Block, Change, Edge, Flow, Json, Node } from './generated';

type Fields = Record<string, Json>;

const isObject = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const parts = (path: string) => path.split('/').map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy of `root` in which the value at `path` is `value`; `null` takes the field away. */
export function setPath(root: Json, path: string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) {
    const at = Number(key);
    const list = root.slice();
    if (rest.length > 0) list[at] = setPath(list[at] ?? {}, rest, value);
    else if (value === null) list.splice(at, 1);
    else list[at] = value;
    return list;
  }
  const object: Fields = isObject(root) ? { ...root } : {};
  if (rest.length > 0) object[key] = setPath(object[key] ?? {}, rest, value);
  else if (value === null) delete object[key];
  else object[key] = value;
  return object;
}

/** An id in words, for a node that was given no name: `by_month` reads "By month". */
export function words(id: string): string {
  const text = id.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A node as it came: as the api shows it, or as it stands in the document. */
function asNode(id: string, value: Json): Node {
  const fields = isObject(value) ? value : {};
  if (isObject(fields.options ?? null) && 'settings' in fields) return { ...(fields as unknown as Node), id };
  const { type, name, settings, id: _, ...options } = fields;
  return { id, type: String(type ?? ''), name: typeof name === 'string' ? name : words(id), options, settings: settings ?? {} };
}

function asBlock(id: string, value: Json): Block {
  const fields = isObject(value) ? value : {};
  if (isObject(fields.fields ?? null)) return { ...(fields as unknown as Block), id };
  const { type, id: _, ...rest } = fields;
  return { id, type: String(type ?? ''), fields: rest };
}

/** The two ends an edge's id is made of. */
export function edgeEnds(id: string): Edge {
  const [from = '', to = ''] = id.split(' -> ');
  const cut = (end: string): [string, string] => {
    const dot = end.indexOf('.');
    return dot < 0 ? [end, ''] : [end.slice(0, dot), end.slice(dot + 1)];
  };
  const [a, aPort] = cut(from);
  const [b, bPort] = cut(to);
  return { id, from: a, from_port: aPort || 'out', to: b, to_port: bPort || 'in', note: null };
}

function asEdge(id: string, value: Json): Edge {
  if (isObject(value) && 'from_port' in value) return { ...(value as unknown as Edge), id };
  const note = isObject(value) && typeof value.note === 'string' ? value.note : null;
  return { ...edgeEnds(id), note };
}

function nodeField(node: Node, field: string, after: Json): Node {
  const path = parts(field);
  const head = path[0];
  if (head === 'name') return { ...node, name: typeof after === 'string' ? after : words(node.id) };
  if (head === 'type') return { ...node, type: String(after ?? '') };
  if (head === 'settings')
    return { ...node, settings: path.length === 1 ? (after ?? {}) : setPath(node.settings, path.slice(1), after) };
  const inside = head === 'options' ? path.slice(1) : path;
  return { ...node, options: setPath(node.options, inside, after) as Fields };
}

function blockField(block: Block, field: string, after: Json): Block {
  const path = parts(field);
  if (path[0] === 'type') return { ...block, type: String(after ?? '') };
  return { ...block, fields: setPath(block.fields, path[0] === 'fields' ? path.slice(1) : path, after) as Fields };
}

function edgeField(edge: Edge, field: string, after: Json): Edge {
  return field === 'note' ? { ...edge, note: typeof after === 'string' ? after : null } : edge;
}

/** A list that is copied once, at its first change, and knows where each entity stands. */
class Entities<T extends { id: string }> {
  private list: T[] | null = null;
  private at = new Map<string, number>();

  constructor(
    private readonly before: T[],
    private readonly make: (id: string, value: Json) => T,
    private readonly field: (entity: T, field: string, after: Json) => T,
  ) {}

  take(change: Change) {
    if (this.list === null) {
      this.list = this.before.slice();
      this.list.forEach((e, i) => {
        this.at.set(e.id, i);
      });
    }
    const at = this.at.get(change.id);
    if (change.field !== '') {
      const entity = at === undefined ? undefined : this.list[at];
      if (entity !== undefined) this.list[at!] = this.field(entity, change.field, change.after);
    } else if (change.after !== null) {
      const made = this.make(change.id, change.after);
      if (at === undefined) this.at.set(change.id, this.list.push(made) - 1);
      else this.list[at] = made;
    } else if (at !== undefined) {
      this.list.splice(at, 1);
      this.at = new Map(this.list.map((e, i) => [e.id, i]));
    }
  }

  get now(): T[] {
    return this.list ?? this.before;
  }
}

/** The flow after these changes. */
export function applyChanges(flow: Flow, changes: Change[]): Flow {
  const nodes = new Entities(flow.nodes, asNode, nodeField);
  const blocks = new Entities(flow.blocks, asBlock, blockField);
  const edges = new Entities(flow.edges, asEdge, edgeField);
  let { layout, settings } = flow;
  for (const change of changes) {
    switch (change.entity) {
      case 'node':
        nodes.take(change);
        break;
      case 'block':
        blocks.take(change);
        break;
      case 'edge':
        edges.take(change);
        break;
      case 'layout':
        if (layout === flow.layout) layout = { ...layout };
        if (Array.isArray(change.after)) layout[change.id] = change.after as number[];
        else delete layout[change.id];
        break;
      case 'flow':
        if (change.field !== '') settings = setPath(settings, parts(change.field), change.after) as Fields;
        break;
    }
  }
  return { ...flow, nodes: nodes.now, blocks: blocks.now, edges: edges.now, layout, settings };
}
