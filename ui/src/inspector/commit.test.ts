import { describe, expect, it } from 'vitest';
import type { Finding } from '../api';
import { setEdit } from './commit';
import { notesUnder, ofNode } from './findings';
import { needsOf } from './grant';
import { needsWords } from './words';

describe('an edit of one field', () => {
  const whole = { retry: { times: 3, base: 1 }, name: 'x' };

  it('names the field by its path', () => {
    expect(setEdit('fetch', ['settings'], {}, ['headers', 'a/b'], 'x')).toEqual({
      do: 'set',
      entity: 'fetch',
      field: 'settings/headers/a~1b',
      value: 'x',
    });
  });

  it('takes a field away with a missing value', () => {
    expect(setEdit('fetch', ['settings'], whole, ['name'], undefined)).toMatchObject({ field: 'settings/name', value: null });
  });

  it('writes a null that is meant with the object around it, so that it stays', () => {
    expect(setEdit('fetch', ['settings'], whole, ['retry', 'base'], null)).toMatchObject({
      field: 'settings/retry',
      value: { times: 3, base: null },
    });
    expect(setEdit('fetch', [], { note: 'x' }, ['note'], null)).toMatchObject({ field: 'note', value: null });
    expect(setEdit('fetch', ['settings'], whole, ['name'], null)).toMatchObject({
      field: 'settings',
      value: { ...whole, name: null },
    });
  });
});

const finding = (more: Partial<Finding>): Finding => ({
  code: 'c',
  severity: 'error',
  message: 'm',
  help: 'h',
  node: 'a',
  field: null,
  edge: null,
  line: null,
  column: null,
  span: null,
  ...more,
});

it('sorts findings to their fields', () => {
  const all = [
    finding({ field: 'settings/url', span: [0, 3] }),
    finding({ field: 'on_error' }),
    finding({ node: 'b', field: 'settings/url' }),
    finding({}),
  ];
  expect(notesUnder(all, 'a', 'settings')).toEqual([{ field: 'url', severity: 'error', message: 'm', help: 'h', span: [0, 3] }]);
  expect(notesUnder(all, 'a', '').map((note) => note.field)).toEqual(['settings/url', 'on_error']);
  expect(ofNode(all, 'a')).toHaveLength(1);
});

it('reads the permissions that a problem names, and nothing else', () => {
  expect(needsOf({ needs: [{ kind: 'host', target: 'example.org' }, { kind: 'root', target: '/' }, null] })).toEqual([
    { kind: 'host', target: 'example.org' },
  ]);
  expect(needsOf('x')).toEqual([]);
});

it('says what a node touches', () => {
  expect(
    needsWords([
      { kind: 'read_file', target: 'a.csv' },
      { kind: 'host', target: 'example.org' },
      { kind: 'read_file', target: 'a.csv' },
    ]),
  ).toBe('Reads a.csv, talks to example.org, reads a.csv');
});
