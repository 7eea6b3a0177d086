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

/** One list with a change applied: whole entities come, go or are replaced; fields change in place. */
function inList<T extends { id: string }>(
  list: T[],
  change: Change,
  make: (id: string, v: Json) => T,
  field: (e: T, f: string, v: Json) => T,
): T[] {
  const at = list.findIndex((e) => e.id === change.id);
  if (change.field === '') {
    if (change.after === null) return at < 0 ? list : list.toSpliced(at, 1);
    const made = make(change.id, change.after);
    return at < 0 ? [...list, made] : list.with(at, made);
  }
  const entity = list[at];
  return entity === undefined ? list : list.with(at, field(entity, change.field, change.after));
}

/** The flow after these changes. */
export function applyChanges(flow: Flow, changes: Change[]): Flow {
  const next = { ...flow };
  for (const change of changes) {
    switch (change.entity) {
      case 'node':
        next.nodes = inList(next.nodes, change, asNode, nodeField);
        break;
      case 'block':
        next.blocks = inList(next.blocks, change, asBlock, blockField);
        break;
      case 'edge':
        next.edges = inList(next.edges, change, asEdge, edgeField);
        break;
      case 'layout': {
        const { [change.id]: _, ...rest } = next.layout;
        next.layout = Array.isArray(change.after) ? { ...rest, [change.id]: change.after as number[] } : rest;
        break;
      }
      case 'flow':
        if (change.field !== '') next.settings = setPath(next.settings, parts(change.field), change.after) as Fields;
        break;
    }
  }
  return next;
}
