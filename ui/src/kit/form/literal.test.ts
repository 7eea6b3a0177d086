import { describe, expect, it } from 'vitest';
import { equal, pointer, setIn } from './json';
import { looksLikeExpression, reading, toExpression, toFixed, writeFixed } from './literal';

describe('fixed or expression', () => {
  it('knows an expression by its first letters or a hole', () => {
    expect(['js/1', 'a ${b}', '${'].every(looksLikeExpression)).toBe(true);
    expect(['', 'ajs/1', '$b', '{b}', 5, null, ['js/1']].some(looksLikeExpression)).toBe(false);
  });

  it('wraps only text that would be taken for one', () => {
    expect(writeFixed('a ${b}')).toEqual({ $literal: 'a ${b}' });
    expect(writeFixed('plain')).toBe('plain');
    expect(writeFixed(5)).toBe(5);
    expect(writeFixed('js/1', true)).toBe('js/1');
  });

  it('reads back what it wrote', () => {
    for (const value of ['js/1', '${x}', 'x', '', 0, false, ['a']]) {
      expect(reading(writeFixed(value))).toEqual({ mode: 'fixed', value });
    }
    expect(reading('js/1')).toEqual({ mode: 'expression', text: 'js/1' });
    expect(reading('js/1', true)).toEqual({ mode: 'fixed', value: 'js/1' });
  });

  it('leaves an object alone that only looks like a literal', () => {
    const value = { $literal: 1, more: 2 };
    expect(reading(value)).toEqual({ mode: 'fixed', value });
  });

  it('goes to an expression and back without losing a constant', () => {
    for (const value of ['a "b"', 7, true, [1, 2]]) expect(toFixed(toExpression(value))).toEqual(value);
    expect(toFixed('js/item.a')).toBeUndefined();
  });
});

describe('paths', () => {
  it('escapes what separates', () => expect(pointer(['headers', 'a/b~c'])).toBe('headers/a~1b~0c'));

  it('sets, keeps the order of keys and takes away', () => {
    const before = { a: 1, b: { c: [1, 2] } };
    const after = setIn(before, ['b', 'c', '1'], 5);
    expect(after).toEqual({ a: 1, b: { c: [1, 5] } });
    expect(before.b.c).toEqual([1, 2]);
    expect(Object.keys(setIn({ z: 1, a: 2 }, ['z'], 3) as object)).toEqual(['z', 'a']);
    expect(setIn({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 });
    expect(setIn(undefined, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
  });

  it('compares by value', () => {
    expect(equal({ a: [1, { b: null }], c: 2 }, { c: 2, a: [1, { b: null }] })).toBe(true);
    expect(equal({ a: 1 }, { a: 1, b: undefined as never })).toBe(false);
    expect(equal([1], { 0: 1 })).toBe(false);
  });
});
