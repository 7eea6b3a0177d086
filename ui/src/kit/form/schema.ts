/** Reads JSON Schema as our node types write it (draft 2020-12) and says which control a field wants. */

import { equal, isObject, type Json, type JsonObject } from './json';

export type Schema = JsonObject;

export type Choice = { value: Json; label: string; description?: string };

/** One alternative of a union. `tag` is the constant member that names it, `wrap` the only key of an outer tag. */
export type Branch = {
  label: string;
  description?: string;
  schema: Schema;
  tag?: { key: string; value: Json };
  constant?: Json;
};

export type Property = { key: string; schema: Schema; required: boolean; when?: When };
export type When = { field: string; equals: Json[] };

export type Shape =
  | { kind: 'text'; lines: 'one' | 'many' }
  | { kind: 'code'; language: string }
  | { kind: 'secret' }
  | { kind: 'path'; names: string }
  | { kind: 'number'; integer: boolean; min?: number; max?: number }
  | { kind: 'boolean' }
  | { kind: 'choice'; choices: Choice[] }
  | { kind: 'object'; properties: Property[]; extra?: Schema }
  | { kind: 'map'; value: Schema }
  | { kind: 'list'; item: Schema }
  | { kind: 'union'; branches: Branch[] }
  /** One of the workspace's flows, by id. */
  | { kind: 'flow' }
  /** The schema asks nothing: any value, plain ones in one line. */
  | { kind: 'any' }
  | { kind: 'json' };

/** What a field is, once references and "or null" are taken off. */
export type Reading = { schema: Schema; shape: Shape; nullable: boolean };

const MAX_REFS = 16;

/** Follows `$ref` into `$defs` and merges a lone `allOf`; what stands beside a reference wins over what it names. */
export function resolve(schema: Json | undefined, root: Schema): Schema {
  let at: Schema = isObject(schema) ? schema : {};
  for (let step = 0; step < MAX_REFS; step++) {
    const reference = at.$ref;
    const all = at.allOf;
    if (typeof reference === 'string') {
      const { $ref: _reference, ...beside } = at;
      at = { ...lookUp(reference, root), ...beside };
      if (isObject(beside.properties)) at = mergeProperties(lookUp(reference, root), beside, at);
    } else if (Array.isArray(all) && all.length === 1) {
      const { allOf: _all, ...beside } = at;
      at = { ...(isObject(all[0]) ? all[0] : {}), ...beside };
    } else break;
  }
  return at;
}

/** A tagged variant stands as a reference with its tag beside it: both bring properties. */
function mergeProperties(named: Schema, beside: Schema, merged: Schema): Schema {
  const required = [...list(beside.required), ...list(named.required)];
  return {
    ...merged,
    properties: { ...object(beside.properties), ...object(named.properties) },
    ...(required.length > 0 && { required }),
  };
}

function lookUp(reference: string, root: Schema): Schema {
  if (!reference.startsWith('#/')) return {};
  let at: Json | undefined = root;
  for (const key of reference.slice(2).split('/')) {
    at = isObject(at) ? at[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isObject(at) ? at : {};
}

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

/** The whole reading of a field's schema. */
export function read(schema: Json | undefined, root: Schema): Reading {
  const resolved = resolve(schema, root);
  const { bare, nullable } = withoutNull(resolved, root);
  return { schema: bare, shape: shapeOf(bare, root), nullable };
}

const isNull = (schema: Schema) => schema.type === 'null' || schema.const === null;

/** Takes "or null" off; a single alternative that remains is the field itself. */
function withoutNull(schema: Schema, root: Schema): { bare: Schema; nullable: boolean } {
  if (Array.isArray(schema.type) && schema.type.includes('null')) {
    const types = schema.type.filter((type) => type !== 'null');
    const { enum: values, ...rest } = schema;
    const bare: Schema = { ...rest, type: types.length === 1 ? (types[0] as Json) : types };
    if (Array.isArray(values)) bare.enum = values.filter((value) => value !== null);
    return { bare, nullable: true };
  }
  for (const key of ['anyOf', 'oneOf'] as const) {
    const all = schema[key];
    if (!Array.isArray(all)) continue;
    const left = all.filter((one) => !isNull(resolve(one, root)));
    if (left.length === all.length) continue;
    const { [key]: _all, ...beside } = schema;
    if (left.length === 1) return { bare: { ...resolve(left[0], root), ...beside }, nullable: true };
    return { bare: { ...beside, [key]: left }, nullable: true };
  }
  return { bare: schema, nullable: false };
}

/** Keywords that ask nothing of a value. */
const SAYS_NOTHING = new Set([
  '$schema',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
]);

function shapeOf(schema: Schema, root: Schema): Shape {
  if (schema['x-weft-secret'] === true) return { kind: 'secret' };
  if (schema['x-weft-flow'] === true) return { kind: 'flow' };
  if (Object.keys(schema).every((key) => SAYS_NOTHING.has(key) || key.startsWith('x-'))) return { kind: 'any' };
  const choices = choicesOf(schema, root);
  if (choices) return { kind: 'choice', choices };
  const branches = branchesOf(schema, root);
  if (branches) return { kind: 'union', branches };
  switch (schema.type) {
    case 'string':
      return textShape(schema);
    case 'integer':
    case 'number': {
      const min = number(schema.minimum);
      const max = number(schema.maximum);
      return {
        kind: 'number',
        integer: schema.type === 'integer',
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
      };
    }
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return isObject(schema.items) && schema.prefixItems === undefined ? { kind: 'list', item: schema.items } : { kind: 'json' };
    case 'object':
      return objectShape(schema, root);
    default:
      return schema.type === undefined && isObject(schema.properties) ? objectShape(schema, root) : { kind: 'json' };
  }
}

function textShape(schema: Schema): Shape {
  const names = text(schema['x-weft-names']);
  if (names && names !== 'host') return { kind: 'path', names };
  const language = text(schema['x-language']);
  if (schema.format === 'code' || language) return { kind: 'code', language: language ?? 'text' };
  return { kind: 'text', lines: ['multiline', 'markdown', 'text'].includes(String(schema.format)) ? 'many' : 'one' };
}

function objectShape(schema: Schema, root: Schema): Shape {
  if (!isObject(schema.properties) || Object.keys(schema.properties).length === 0) {
    const value = schema.additionalProperties;
    return isObject(value) ? { kind: 'map', value } : value === true ? { kind: 'map', value: {} } : { kind: 'json' };
  }
  const required = list(schema.required);
  const properties = Object.entries(schema.properties).map(([key, property]) => {
    const resolved = resolve(property, root);
    const when = whenOf(resolved['x-weft-when']);
    return { key, schema: resolved, required: required.includes(key), ...(when && { when }) };
  });
  return { kind: 'object', properties, ...(isObject(schema.additionalProperties) && { extra: schema.additionalProperties }) };
}

function whenOf(value: Json | undefined): When | undefined {
  if (!isObject(value) || typeof value.field !== 'string') return undefined;
  return { field: value.field, equals: Array.isArray(value.equals) ? value.equals : [value.equals ?? null] };
}

/** Constants only, as `enum` or as `oneOf`/`anyOf` of constants with their descriptions. */
function choicesOf(schema: Schema, root: Schema): Choice[] | undefined {
  if (schema.const !== undefined) return [choice(schema.const, schema)];
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ value, label: choiceLabel(value) }));
  const all = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(all) || all.length === 0) return undefined;
  const found: Choice[] = [];
  for (const one of all) {
    const resolved = resolve(one, root);
    if (resolved.const !== undefined) found.push(choice(resolved.const, resolved));
    else if (Array.isArray(resolved.enum)) found.push(...resolved.enum.map((value) => choice(value, resolved)));
    else return undefined;
  }
  return found;
}

function choice(value: Json, schema: Schema): Choice {
  const description = text(schema.description);
  return { value, label: text(schema.title) ?? choiceLabel(value), ...(description && { description }) };
}

/** How a chosen value reads. */
export function choiceLabelOf(choices: Choice[], value: Json): string {
  return choices.find((one) => equal(one.value, value))?.label ?? choiceLabel(value);
}

const choiceLabel = (value: Json) => (typeof value === 'string' ? words(value) : JSON.stringify(value));

function branchesOf(schema: Schema, root: Schema): Branch[] | undefined {
  const all = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(all) || all.length === 0) {
    if (!Array.isArray(schema.type)) return undefined;
    return schema.type.map((type) => ({ label: typeWord(type), schema: { ...schema, type } }));
  }
  const branches: Branch[] = [];
  for (const [index, one] of all.entries()) {
    const resolved = resolve(one, root);
    if (Array.isArray(resolved.enum) && resolved.enum.length > 0 && resolved.const === undefined) {
      for (const value of resolved.enum) branches.push({ label: choiceLabel(value), schema: { const: value }, constant: value });
    } else branches.push(branch(resolved, index));
  }
  return branches;
}

function branch(schema: Schema, index: number): Branch {
  const description = text(schema.description);
  const common = { schema, ...(description && { description }) };
  if (schema.const !== undefined) {
    return { ...common, label: text(schema.title) ?? choiceLabel(schema.const), constant: schema.const };
  }
  const tag = tagOf(schema);
  if (tag) return { ...common, label: text(schema.title) ?? choiceLabel(tag.value), tag };
  const properties = Object.keys(object(schema.properties));
  const only = properties.length === 1 ? properties[0] : undefined;
  const label = text(schema.title) ?? (only ? words(only) : typeWord(schema.type ?? `Form ${index + 1}`));
  return { ...common, label };
}

/** A member that can only be one value names the branch. */
function tagOf(schema: Schema): Branch['tag'] {
  for (const [key, property] of Object.entries(object(schema.properties))) {
    if (!isObject(property)) continue;
    if (property.const !== undefined) return { key, value: property.const };
    if (Array.isArray(property.enum) && property.enum.length === 1) return { key, value: property.enum[0] as Json };
  }
  return undefined;
}

const TYPE_WORDS: Record<string, string> = {
  string: 'Text',
  number: 'Number',
  integer: 'Number',
  boolean: 'Yes or no',
  array: 'List',
  object: 'Fields',
};
const typeWord = (type: Json) => (typeof type === 'string' ? (TYPE_WORDS[type] ?? type) : 'Value');

/** Which branch a value is; -1 where none fits. */
export function branchOf(branches: Branch[], value: Json | undefined): number {
  if (value === undefined) return -1;
  const named = branches.findIndex((one) =>
    one.constant !== undefined
      ? equal(one.constant, value)
      : one.tag !== undefined && isObject(value) && equal(value[one.tag.key], one.tag.value),
  );
  if (named >= 0) return named;
  let best = -1;
  let score = 0;
  for (const [index, one] of branches.entries()) {
    if (one.constant !== undefined || one.tag !== undefined) continue;
    const fit = fits(one.schema, value);
    if (fit > score) {
      best = index;
      score = fit;
    }
  }
  return best;
}

/** How well a value fits an untagged alternative; 0 = not at all. */
function fits(schema: Schema, value: Json): number {
  if (isObject(value)) {
    if (schema.type !== 'object' && !isObject(schema.properties)) return 0;
    const properties = object(schema.properties);
    const keys = Object.keys(value);
    if (list(schema.required).some((key) => !keys.includes(String(key)))) return 0;
    return 1 + keys.filter((key) => Object.hasOwn(properties, key)).length;
  }
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (schema.type === type) return 2;
  return schema.type === 'integer' && Number.isInteger(value) ? 3 : schema.type === undefined ? 1 : 0;
}

/** The value a fresh field, row or branch begins with. */
export function blank(schema: Json | undefined, root: Schema): Json {
  const { schema: bare, shape } = read(schema, root);
  if (bare.default !== undefined && bare.default !== null) return bare.default;
  switch (shape.kind) {
    case 'boolean':
      return false;
    case 'number':
      return shape.min ?? 0;
    case 'choice':
      return shape.choices[0]?.value ?? null;
    case 'list':
      return [];
    case 'map':
      return {};
    case 'object': {
      const needed = shape.properties.filter((property) => property.required);
      return Object.fromEntries(needed.map((property) => [property.key, blank(property.schema, root)]));
    }
    case 'union':
      return shape.branches[0] ? blankBranch(shape.branches[0], root) : null;
    case 'json':
    case 'any':
      return null;
    default:
      return '';
  }
}

/** A branch's first value, keeping members of the old one that it also has. */
export function blankBranch(branch: Branch, root: Schema, old?: Json): Json {
  if (branch.constant !== undefined) return branch.constant;
  const fresh = blank(branch.schema, root);
  if (!isObject(fresh)) return fresh;
  const properties = object(resolve(branch.schema, root).properties);
  const kept = isObject(old) ? Object.entries(old).filter(([key]) => Object.hasOwn(properties, key)) : [];
  const tag = branch.tag ? { [branch.tag.key]: branch.tag.value } : {};
  return { ...tag, ...fresh, ...Object.fromEntries(kept), ...tag };
}

/** `group_by` and `groupBy` as a person writes it: "Group by". */
export function words(key: string): string {
  const spaced = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  const lower = /^[A-Z0-9 ]+$/.test(spaced) ? spaced : spaced.toLowerCase();
  const named = lower.replace(/\b(url|id|csv|json|sql|http|html|api|ip|utc|jq)\b/g, (word) => word.toUpperCase());
  return named.charAt(0).toUpperCase() + named.slice(1);
}
