import { describe, expect, it } from 'vitest';
import { applyChanges, edgeEnds, setPath, words } from './change';
import { flowAfter } from './events';
import type { Change, Flow } from './generated';

const flow: Flow = {
  id: 'f',
  rev: 4,
  version: 'v',
  settings: { name: 'Orders' },
  nodes: [
    {
      id: 'fetch',
      type: 'net.http',
      name: 'Fetch',
      options: {},
      settings: { url: 'a', headers: { Accept: 'json' }, list: [1, 2, 3] },
    },
    { id: 'clean', type: 'code.javascript', name: 'Clean', options: { on_error: 'port' }, settings: {} },
  ],
  edges: [{ id: 'fetch.out -> clean.in', from: 'fetch', from_port: 'out', to: 'clean', to_port: 'in', note: null }],
  blocks: [{ id: 'why', type: 'note', fields: { text: 'because' } }],
  layout: { fetch: [0, 0], clean: [240, 0] },
  findings: [],
  read_only: null,
  in_use: false,
  undo: null,
  redo: null,
  permissions: [],
  pinned: [],
};
const change = (entity: string, id: string, field: string, after: unknown): Change => ({
  entity,
  id,
  field,
  before: null,
  after,
});
const apply = (...changes: Change[]) => applyChanges(flow, changes);

describe('changes', () => {
  it('set a field deep in the settings, and leave every other object as it was', () => {
    const next = apply(change('node', 'fetch', 'settings/headers/Accept', 'xml'));
    expect(next.nodes[0]!.settings).toEqual({ url: 'a', headers: { Accept: 'xml' }, list: [1, 2, 3] });
    expect(next.nodes[1]).toBe(flow.nodes[1]);
    expect(next.edges).toBe(flow.edges);
    expect(flow.nodes[0]!.settings).toHaveProperty('headers.Accept', 'json');
  });

  it('take a field away', () => {
    expect(apply(change('node', 'fetch', 'settings/headers', null)).nodes[0]!.settings).toEqual({ url: 'a', list: [1, 2, 3] });
    expect(apply(change('node', 'clean', 'on_error', null)).nodes[1]!.options).toEqual({});
  });

  it('reach into lists', () => {
    expect(setPath([1, 2, 3], ['1'], 9)).toEqual([1, 9, 3]);
    expect(setPath([1, 2, 3], ['1'], null)).toEqual([1, 3]);
    expect(setPath({ a: [{ b: 1 }] }, ['a', '0', 'b'], 2)).toEqual({ a: [{ b: 2 }] });
  });

  it('understand keys with a slash', () => {
    expect(apply(change('node', 'fetch', 'settings/headers/a~1b', 1)).nodes[0]!.settings).toHaveProperty(['headers', 'a/b'], 1);
  });

  it('set names and options beside the settings', () => {
    const next = apply(change('node', 'fetch', 'name', 'Get it'), change('node', 'fetch', 'retry/times', 3));
    expect(next.nodes[0]).toMatchObject({ name: 'Get it', options: { retry: { times: 3 } } });
    expect(apply(change('node', 'fetch', 'name', null)).nodes[0]!.name).toBe('Fetch');
  });

  it('add, replace and remove whole entities', () => {
    const node = { id: 'new', type: 'data.set', name: 'New', options: {}, settings: {} };
    const added = apply(change('node', 'new', '', node), change('edge', 'clean.out -> new.in', '', null));
    expect(added.nodes.at(-1)).toEqual(node);
    expect(apply(change('node', 'fetch', '', null)).nodes.map((n) => n.id)).toEqual(['clean']);
    expect(apply(change('block', 'why', '', null)).blocks).toEqual([]);
  });

  it('read a node as it stands in the document, too', () => {
    const next = apply(change('node', 'by_month', '', { type: 'data.summarize', on_error: 'continue', settings: { by: 1 } }));
    expect(next.nodes.at(-1)).toEqual({
      id: 'by_month',
      type: 'data.summarize',
      name: 'By month',
      options: { on_error: 'continue' },
      settings: { by: 1 },
    });
  });

  it('make an edge from its id', () => {
    expect(edgeEnds('a.big -> b.in')).toMatchObject({ from: 'a', from_port: 'big', to: 'b', to_port: 'in' });
    const next = apply(change('edge', 'clean.out -> fetch.in', '', {}));
    expect(next.edges.at(-1)).toMatchObject({ from: 'clean', to: 'fetch' });
  });

  it('move boxes and forget places', () => {
    expect(apply(change('layout', 'fetch', '', [8, 16])).layout.fetch).toEqual([8, 16]);
    expect(apply(change('layout', 'fetch', '', null)).layout).toEqual({ clean: [240, 0] });
  });

  it('take thousands at once in no time', () => {
    const many = { ...flow, layout: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`n${i}`, [i, i]])) };
    const started = performance.now();
    const next = applyChanges(
      many,
      Object.keys(many.layout).map((id) => change('layout', id, '', [0, 0])),
    );
    expect(performance.now() - started).toBeLessThan(2000);
    expect(Object.values(next.layout).every((p) => p[0] === 0)).toBe(true);
    expect(many.layout.n7).toEqual([7, 7]);
  });

  it('set the flow’s own keys', () => {
    expect(apply(change('flow', '', 'name', 'Other')).settings).toEqual({ name: 'Other' });
  });
});

describe('an event for an open flow', () => {
  const event = (rev: number) => ({
    type: 'flow_changed' as const,
    flow: 'f',
    rev,
    author: 'x',
    client: null,
    changes: [change('flow', '', 'name', `r${rev}`)],
  });

  it('is applied when it follows, ignored when it is old, and a gap when one is missing', () => {
    expect(flowAfter(flow, event(5))).toMatchObject({ rev: 5, settings: { name: 'r5' } });
    expect(flowAfter(flow, event(4))).toBe(flow);
    expect(flowAfter(flow, event(6))).toBe('gap');
  });
});

it('says ids in words', () => {
  expect(words('by_month')).toBe('By month');
});
