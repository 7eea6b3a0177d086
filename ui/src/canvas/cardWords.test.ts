import { expect, it } from 'vitest';
import { cardWords, middle } from './cardWords';

it('fills the first template that has something to say', () => {
  const settings = { field: 'date', is: '≥', value: '2013-01-01', list: [1, 2], none: '' };
  expect(cardWords(['{field} {is} {value}'], settings)).toBe('date ≥ 2013-01-01');
  expect(cardWords(['{none}', '{missing.deep}', '{field}'], settings)).toBe('date');
  expect(cardWords(['{list.length} measures'], settings)).toBe('2 measures');
  expect(cardWords(['{list.length} measures'], { list: [1] })).toBe('1 measure');
  expect(cardWords(['{list.length} measures'], { list: [] })).toBe('');
});

it('counts, names and indexes', () => {
  const settings = {
    measures: [{ how: 'sum' }, { how: 'mean' }],
    fields: { a: 1, b: 2 },
    by: [{ field: 'date', order: 'down' }],
  };
  expect(cardWords(['{measures.#} measures'], settings)).toBe('2 measures');
  expect(cardWords(['{fields.*}'], settings)).toBe('a, b');
  expect(cardWords(['by {by.0.field}, {by.0.order}'], settings)).toBe('by date, down');
  expect(cardWords(['{by.1.field}', '{measures.0.how}'], settings)).toBe('sum');
});

it('reads expressions and literals', () => {
  expect(cardWords(['{when}'], { when: 'js/item.a > 1' })).toBe('item.a > 1');
  expect(cardWords(['{when}'], { when: { $literal: 'js/as text' } })).toBe('as text');
});

it('keeps the file name of long paths, and cuts long names in the middle', () => {
  expect(middle('data/rain.csv', 20)).toBe('data/rain.csv');
  expect(middle('data/archive/2013/seattle-weather.csv', 20)).toBe('seattle-weather.csv');
  const cut = middle('data/archive/seattle-weather-2012-to-2015.csv', 20);
  expect(cut).toHaveLength(20);
  expect(cut.endsWith('2012-to-2015.csv')).toBe(true);
});
