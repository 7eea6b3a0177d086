import { describe, expect, it } from 'vitest';
import { blank, blankBranch, branchOf, read, type Schema, type Shape, words } from './schema';

const root: Schema = {
  type: 'object',
  $defs: {
    Method: {
      oneOf: [
        { type: 'string', const: 'get', description: 'Reads.' },
        { type: 'string', enum: ['post', 'put'] },
      ],
    },
    Body: {
      oneOf: [
        { type: 'object', properties: { kind: { type: 'string', const: 'json' }, value: true }, required: ['kind', 'value'] },
        { type: 'object', $ref: '#/$defs/Form', properties: { kind: { type: 'string', const: 'form' } }, required: ['kind'] },
        { type: 'object', properties: { kind: { const: 'none' } }, required: ['kind'] },
      ],
    },
    Form: {
      type: 'object',
      properties: { fields: { type: 'object', additionalProperties: { type: 'string' } } },
      required: ['fields'],
    },
    Node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } } },
  },
};
const shape = (schema: Schema) => read(schema, root).shape;
const union = (schema: Schema) => {
  const found = shape(schema);
  if (found.kind !== 'union') throw new Error(`a ${found.kind}`);
  return found.branches;
};

describe('shapes of a schema', () => {
  const cases: [string, Schema, Partial<Shape>][] = [
    ['text', { type: 'string' }, { kind: 'text', lines: 'one' }],
    ['text of many lines', { type: 'string', format: 'multiline' }, { kind: 'text', lines: 'many' }],
    ['code', { type: 'string', format: 'code', 'x-language': 'sql' }, { kind: 'code', language: 'sql' }],
    ['a secret', { type: 'string', 'x-weft-secret': true }, { kind: 'secret' }],
    ['a file', { type: 'string', 'x-weft-names': 'read_file' }, { kind: 'path', names: 'read_file' }],
    ['a host is plain text', { type: 'string', 'x-weft-names': 'host' }, { kind: 'text', lines: 'one' }],
    ['an integer', { type: 'integer', format: 'uint32', minimum: 0 }, { kind: 'number', integer: true, min: 0 }],
    ['a number', { type: 'number', maximum: 1 }, { kind: 'number', integer: false, max: 1 }],
    ['yes or no', { type: 'boolean' }, { kind: 'boolean' }],
    ['a list', { type: 'array', items: { type: 'string' } }, { kind: 'list', item: { type: 'string' } }],
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }, { kind: 'map', value: { type: 'string' } }],
    ['anything', { title: 'A', 'x-weft-per-item': true }, { kind: 'any' }],
    ['a flow', { type: 'string', 'x-weft-flow': true }, { kind: 'flow' }],
    ['a tuple is JSON', { type: 'array', prefixItems: [{}, {}] }, { kind: 'json' }],
    ['what nobody knows is JSON', { not: { type: 'string' } }, { kind: 'json' }],
  ];
  it.each(cases)('%s', (_, schema, want) => expect(shape(schema)).toMatchObject(want));

  it('takes "or null" off types and alternatives', () => {
    expect(read({ type: ['integer', 'null'], minimum: 1 }, root)).toMatchObject({
      nullable: true,
      shape: { kind: 'number', integer: true, min: 1 },
    });
    const chosen = read({ anyOf: [{ $ref: '#/$defs/Method' }, { type: 'null' }], description: 'How.' }, root);
    expect(chosen.nullable).toBe(true);
    expect(chosen.shape.kind).toBe('choice');
    expect(chosen.schema.description).toBe('How.');
  });

  it('reads choices with their descriptions, alone and in groups', () => {
    const found = shape({ $ref: '#/$defs/Method' });
    expect(found).toMatchObject({
      kind: 'choice',
      choices: [{ value: 'get', description: 'Reads.' }, { value: 'post', label: 'Post' }, { value: 'put' }],
    });
  });

  it('lets what stands beside a reference win', () => {
    const { schema } = read({ $ref: '#/$defs/Form', title: 'Mine', default: { fields: {} } }, root);
    expect(schema.title).toBe('Mine');
    expect(schema.type).toBe('object');
  });

  it('follows a type that names itself without end', () => {
    const found = shape({ $ref: '#/$defs/Node' });
    expect(found.kind).toBe('object');
    if (found.kind === 'object') expect(read(found.properties[0]?.schema, root).shape.kind).toBe('object');
  });

  it('survives references that lead nowhere or round in circles', () => {
    expect(shape({ $ref: '#/$defs/Missing' }).kind).toBe('any');
    const circle: Schema = { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } };
    expect(read({ $ref: '#/$defs/A' }, circle).shape.kind).toBe('json');
  });
});

describe('unions', () => {
  it('finds the branch by its tag, with the properties of the referenced type', () => {
    const branches = union({ $ref: '#/$defs/Body' });
    expect(branches.map((branch) => branch.label)).toEqual(['JSON', 'Form', 'None']);
    expect(branchOf(branches, { kind: 'form', fields: {} })).toBe(1);
    expect(branchOf(branches, { kind: 'new' })).toBe(-1);
    const form = read(branches[1]?.schema, root).shape;
    expect(form.kind === 'object' && form.properties.map((p) => p.key).sort()).toEqual(['fields', 'kind']);
  });

  it('tells outer tags and constants apart', () => {
    const branches = union({
      oneOf: [
        { type: 'string', const: 'count' },
        { type: 'object', properties: { sum: { type: 'string' } }, required: ['sum'], additionalProperties: false },
      ],
    });
    expect(branchOf(branches, 'count')).toBe(0);
    expect(branchOf(branches, { sum: 'rain' })).toBe(1);
    expect(blankBranch(branches[1]!, root)).toEqual({ sum: '' });
  });

  it('tells untagged alternatives apart by type', () => {
    const branches = union({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { type: 'integer' }] });
    expect([['a'], 'a', 3, true].map((value) => branchOf(branches, value))).toEqual([1, 0, 2, -1]);
    expect(branches.map((branch) => branch.label)).toEqual(['Text', 'List', 'Number']);
  });

  it('keeps members that both branches have', () => {
    const branches = union({
      oneOf: [
        { type: 'object', properties: { by: { const: 'time' }, at: { type: 'string' } }, required: ['by', 'at'] },
        {
          type: 'object',
          properties: { by: { const: 'event' }, at: { type: 'string' }, name: { type: 'string' } },
          required: ['by'],
        },
      ],
    });
    expect(blankBranch(branches[1]!, root, { by: 'time', at: 'noon', lost: 1 })).toEqual({ by: 'event', at: 'noon' });
  });
});

it('begins with what is needed', () => {
  const schema: Schema = {
    type: 'object',
    required: ['name', 'how', 'n'],
    properties: {
      name: { type: 'string' },
      how: { enum: ['sum', 'mean'] },
      n: { type: 'integer', default: 3 },
      note: { type: 'string' },
    },
  };
  expect(blank(schema, schema)).toEqual({ name: '', how: 'sum', n: 3 });
});

it('says keys in words', () => {
  expect(['group_by', 'groupBy', 'url', 'read_csv', 'API', 'max-items'].map(words)).toEqual([
    'Group by',
    'Group by',
    'URL',
    'Read CSV',
    'API',
    'Max items',
  ]);
});
