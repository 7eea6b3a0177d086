import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FormServices } from './context';
import { type Json, setIn } from './json';
import { SchemaForm, type SchemaFormProps } from './SchemaForm';
import type { Schema } from './schema';

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }));
  // No layout here: what CodeMirror measures is nothing.
  Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
});
afterEach(cleanup);

/** A form over a document of its own; `edits` is what it told, `now` what the document became. */
function show(schema: Schema, value: Json, more: Partial<SchemaFormProps> = {}) {
  const edits: { path: string; value: Json | undefined; typing: boolean }[] = [];
  const kept = { now: value as Json | undefined };
  function Host() {
    const [now, setNow] = useState<Json | undefined>(value);
    return (
      <SchemaForm
        schema={schema}
        value={now}
        label="Test"
        onChange={(path, next, typing = false) => {
          edits.push({ path: path.join('/'), value: next, typing });
          kept.now = setIn(kept.now, path, next);
          setNow(kept.now);
        }}
        {...more}
      />
    );
  }
  render(
    <MantineProvider env="test">
      <Host />
    </MantineProvider>,
  );
  return { edits, kept, user: userEvent.setup() };
}

const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });
const field = (name: string) => document.querySelector<HTMLElement>(`[data-field="${name}"]`)!;
const input = (name: string) => within(field(name)).getByRole('textbox') as HTMLInputElement;
const leave = () => fireEvent.blur(document.activeElement!);

describe('plain fields', () => {
  it('gathers typing into one change and clears an optional field away', async () => {
    const { edits, user } = show(object({ name: { type: 'string' } }), { name: 'a' });
    await user.type(input('name'), 'bc');
    expect(edits).toEqual([]);
    leave();
    expect(edits).toEqual([{ path: 'name', value: 'abc', typing: true }]);
    await user.clear(input('name'));
    leave();
    expect(edits.at(-1)).toMatchObject({ path: 'name', value: undefined });
  });

  it('keeps an empty text in a field that is needed', async () => {
    const { kept, user } = show(object({ name: { type: 'string' } }, { required: ['name'] }), { name: 'a' });
    await user.clear(input('name'));
    leave();
    expect(kept.now).toEqual({ name: '' });
  });

  it('writes $literal only where fixed text would be an expression', async () => {
    const { kept, user } = show(object({ name: { type: 'string' } }), { name: 'a' });
    await user.clear(input('name'));
    await user.type(input('name'), 'costs ${{5}');
    leave();
    expect(kept.now).toEqual({ name: { $literal: 'costs ${5}' } });
    expect(input('name').value).toBe('costs ${5}');
  });

  it('takes literal fields as they are and gives them no switch', async () => {
    const { kept, user } = show(object({ sql: { type: 'string', 'x-weft-literal': true } }), { sql: 'js/1' });
    expect(input('sql').value).toBe('js/1');
    expect(within(field('sql')).queryByText('Expression')).toBeNull();
    await user.type(input('sql'), '$');
    leave();
    expect(kept.now).toEqual({ sql: 'js/1$' });
  });

  it('writes numbers as numbers', async () => {
    const { kept, user } = show(object({ n: { type: 'integer', default: 3 } }), {});
    expect(input('n').placeholder).toBe('3');
    await user.type(input('n'), '12');
    leave();
    expect(kept.now).toEqual({ n: 12 });
  });

  it('shows the default of a switch and says only what was changed', async () => {
    const { kept, user } = show(object({ on: { type: 'boolean', default: true } }), {});
    const toggle = within(field('on')).getByRole('switch') as HTMLInputElement;
    expect(toggle.checked).toBe(true);
    await user.click(toggle);
    expect(kept.now).toEqual({ on: false });
  });

  it('resets a changed field with its dot', async () => {
    const { kept, user } = show(object({ n: { type: 'integer', default: 3 } }), { n: 4 });
    await user.click(screen.getByLabelText('N was changed: back to the default'));
    expect(kept.now).toEqual({});
    expect(screen.queryByLabelText(/was changed/)).toBeNull();
  });

  it('offers choices and keeps a value it does not know', async () => {
    const schema = object({ how: { oneOf: [{ const: 'sum', description: 'All of them.' }, { const: 'mean' }] } });
    const { kept, user } = show(schema, { how: 'median' });
    const select = within(field('how')).getByRole('combobox') as HTMLInputElement;
    expect(select.value).toBe('median');
    await user.click(select);
    await user.click(await screen.findByText('Sum'));
    expect(kept.now).toEqual({ how: 'sum' });
  });

  it('tells absent, null and a value apart', async () => {
    const { kept, user } = show(object({ a: { type: ['string', 'null'] }, b: { type: ['string', 'null'] } }), { a: null });
    expect(within(field('a')).getByText('Empty on purpose (null)')).toBeTruthy();
    expect(input('b').value).toBe('');
    await user.click(within(field('a')).getByText('Clear'));
    expect(kept.now).toEqual({});
  });
});

describe('a field that takes anything', () => {
  it('takes what is typed for what it looks like, and text that was text for text', async () => {
    const { kept, user } = show(object({ a: {}, b: {}, c: {} }), { b: '5' });
    await user.type(input('a'), '12.5');
    leave();
    expect(kept.now).toEqual({ b: '5', a: 12.5 });
    await user.type(input('b'), '0');
    leave();
    expect(kept.now).toEqual({ b: '50', a: 12.5 });
    await user.type(input('c'), '007');
    leave();
    expect(kept.now).toEqual({ b: '50', a: 12.5, c: '007' });
    await user.clear(input('a'));
    leave();
    expect(kept.now).toEqual({ b: '50', c: '007' });
  });

  it('turns into another kind where it is told', async () => {
    const { kept, user } = show(object({ a: {} }), { a: 5 });
    await user.click(screen.getByLabelText(/A is number/));
    await user.click(await screen.findByText('text'));
    expect(kept.now).toEqual({ a: '5' });
    await user.type(input('a'), '1');
    leave();
    expect(kept.now).toEqual({ a: '51' });
  });
});

it('sets an object that may be absent only when it is asked for', async () => {
  const retry = { anyOf: [object({ times: { type: 'integer', default: 3 } }), { type: 'null' }] };
  const { kept, user } = show(object({ retry }), {});
  await user.click(within(field('retry')).getByText('Set'));
  expect(kept.now).toEqual({ retry: {} });
  expect(input('retry/times').placeholder).toBe('3');
  await user.click(screen.getByLabelText('Retry was changed: back to the default'));
  expect(kept.now).toEqual({});
});

describe('expressions', () => {
  it('switches to one and back to the fixed value it was', async () => {
    const { kept, user } = show(object({ name: { type: 'string' } }), { name: 'a' });
    await user.click(screen.getByText('Expression'));
    expect(kept.now).toEqual({ name: 'js/"a"' });
    expect(field('name').querySelector('.cm-content')?.textContent).toBe('js/"a"');
    await user.click(screen.getByText('Fixed'));
    expect(kept.now).toEqual({ name: 'a' });
  });

  it('shows what it gives, and goes through the items', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const tryExpression = vi.fn(async (_: Json, item: number) => ({ value: `v${item}`, kind: 'text', items: 1095 }));
    const services: FormServices = { tryExpression };
    show(object({ name: { type: 'string' } }), { name: 'js/item.date' }, { services });
    await act(() => vi.advanceTimersByTimeAsync(300));
    expect(screen.getByText('"v0"')).toBeTruthy();
    expect(screen.getByText('1 of 1,095')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Next item'));
    await act(() => vi.advanceTimersByTimeAsync(300));
    expect(screen.getByText('"v1"')).toBeTruthy();
    expect(tryExpression).toHaveBeenLastCalledWith('js/item.date', 1);
    vi.useRealTimers();
  });

  it('says in a sentence what is wrong', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const problem = { message: 'No such field upstream.', help: 'Use date.' };
    const services: FormServices = {
      tryExpression: async () => ({ kind: 'undefined', items: 3, problem, span: [8, 12] as const }),
    };
    show(object({ name: { type: 'string' } }), { name: 'js/item.dote' }, { services });
    await act(() => vi.advanceTimersByTimeAsync(300));
    expect(screen.getByText(/No such field upstream/)).toBeTruthy();
    expect(field('name').querySelector('.cm-wrong')?.textContent).toBe('dote');
    vi.useRealTimers();
  });
});

describe('compound fields', () => {
  it('writes an object whole where it is not there yet', async () => {
    const schema = object({ retry: object({ times: { type: 'integer' }, base: { type: 'number' } }) });
    const { edits, user } = show(schema, {});
    await user.type(input('retry/times'), '3');
    leave();
    expect(edits).toEqual([{ path: 'retry', value: { times: 3 }, typing: true }]);
    await user.type(input('retry/base'), '2');
    leave();
    expect(edits.at(-1)).toMatchObject({ path: 'retry/base', value: 2 });
  });

  it('sets lists whole, and keeps what a row has besides its fields', async () => {
    const schema = object({
      measures: {
        type: 'array',
        items: object({ name: { type: 'string' }, field: { type: 'string' } }, { required: ['name', 'field'] }),
      },
    });
    const { edits, kept, user } = show(schema, { measures: [{ name: 'rain', field: 'mm', extra: 1 }] });
    await user.click(screen.getByLabelText('measure 1: rain, mm'));
    await user.type(input('measures/0/name'), 'y');
    leave();
    expect(edits).toEqual([{ path: 'measures', value: [{ name: 'rainy', field: 'mm', extra: 1 }], typing: true }]);
    await user.click(screen.getByText('Add a measure'));
    expect(kept.now).toEqual({
      measures: [
        { name: 'rainy', field: 'mm', extra: 1 },
        { name: '', field: '' },
      ],
    });
    fireEvent.keyDown(screen.getByLabelText(/Move measure 2/), { key: 'ArrowUp' });
    expect((kept.now as { measures: Json[] }).measures[0]).toEqual({ name: '', field: '' });
    await user.click(screen.getByLabelText('Remove measure 1'));
    expect(kept.now).toEqual({ measures: [{ name: 'rainy', field: 'mm', extra: 1 }] });
  });

  it('adds to, renames in and removes from a map, in order', async () => {
    const { kept, user } = show(object({ headers: { type: 'object', additionalProperties: { type: 'string' } } }), {
      headers: { 'a/b': 'x', Accept: 'y' },
    });
    await user.clear(screen.getByLabelText('a/b'));
    await user.type(screen.getByLabelText('a/b'), 'z');
    leave();
    expect(kept.now).toEqual({ headers: { 'a/b': 'z', Accept: 'y' } });
    await user.clear(screen.getByLabelText('Name of header a/b'));
    await user.type(screen.getByLabelText('Name of header a/b'), 'first');
    leave();
    expect(Object.keys((kept.now as { headers: object }).headers)).toEqual(['first', 'Accept']);
    await user.click(screen.getByText('Add a header'));
    await user.type(screen.getByLabelText('Name of the new header'), 'X-Key{Enter}');
    expect(kept.now).toEqual({ headers: { first: 'z', Accept: 'y', 'X-Key': '' } });
    await user.click(screen.getByLabelText('Remove header Accept'));
    expect(kept.now).toEqual({ headers: { first: 'z', 'X-Key': '' } });
  });

  it('changes the form of a union with its tag', async () => {
    const schema = object({
      body: {
        oneOf: [
          object({ kind: { const: 'text' }, text: { type: 'string' } }, { required: ['kind', 'text'] }),
          object({ kind: { const: 'none' } }, { required: ['kind'] }),
        ],
      },
    });
    const { kept, user } = show(schema, { body: { kind: 'text', text: 'hello' } });
    expect(input('body/text').value).toBe('hello');
    await user.click(within(field('body')).getByRole('combobox'));
    await user.click(await screen.findByText('None'));
    expect(kept.now).toEqual({ body: { kind: 'none' } });
    expect(field('body/text')).toBeNull();
  });

  it('unfolds a field while another has one of its values, the default counted', async () => {
    const schema = object({
      auth: { enum: ['none', 'basic'], default: 'none' },
      user: { type: 'string', 'x-weft-when': { field: 'auth', equals: ['basic'] } },
    });
    const { user } = show(schema, {});
    expect(field('user')).toBeNull();
    await user.click(within(field('auth')).getByRole('combobox'));
    await user.click(await screen.findByText('Basic'));
    expect(field('user')).toBeTruthy();
  });
});

describe('what the schema does not know', () => {
  it('shows and keeps unknown keys', async () => {
    const { kept, user } = show(object({ name: { type: 'string' } }), { name: 'a', legacy: { deep: [1, { x: null }] } });
    expect(within(field('legacy')).getByText(/does not know this field/)).toBeTruthy();
    expect(field('legacy').querySelector('.cm-content')?.textContent).toContain('"deep"');
    await user.type(input('name'), 'b');
    leave();
    expect(kept.now).toEqual({ name: 'ab', legacy: { deep: [1, { x: null }] } });
  });

  it('falls back to JSON where the value does not fit the field, and changes nothing by itself', () => {
    const { edits } = show(object({ n: { type: 'integer' }, list: { type: 'array', items: { type: 'string' } } }), {
      n: '2s',
      list: { not: 'a list' },
    });
    expect(field('n').querySelector('.cm-content')?.textContent).toBe('"2s"');
    expect(field('list').querySelector('.cm-content')?.textContent).toContain('a list');
    expect(edits).toEqual([]);
  });

  it('keeps a value that fits no branch of a union', () => {
    show(
      object({
        body: {
          oneOf: [
            object({ kind: { const: 'a' } }, { required: ['kind'] }),
            object({ kind: { const: 'b' } }, { required: ['kind'] }),
          ],
        },
      }),
      { body: { kind: 'newer', x: 1 } },
    );
    expect(field('body').querySelector('.cm-content')?.textContent).toContain('"newer"');
  });

  it('edits all as JSON where the schema is no object', () => {
    show({ not: {} }, { a: 1 });
    expect(document.querySelector('.cm-content')?.textContent).toContain('"a": 1');
  });
});

it('says at the field what was found there', () => {
  show(
    object({ url: { type: 'string' } }),
    {},
    { notes: [{ field: 'url', severity: 'error', message: 'No address.', help: 'Write one.' }] },
  );
  expect(within(field('url')).getByText(/No address\./)).toBeTruthy();
  expect(input('url').getAttribute('aria-invalid')).toBe('true');
  const described = document.getElementById(input('url').getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toContain('No address.');
});

it('says at a list what was found in its closed rows', () => {
  const schema = object({ rows: { type: 'array', items: object({ field: { type: 'string' } }) } });
  const notes = [{ field: 'rows/1/field', severity: 'error' as const, message: 'No such field.', help: '' }];
  show(schema, { rows: [{ field: 'a' }, { field: 'b' }] }, { notes });
  expect(within(field('rows')).getByText(/2: No such field\./)).toBeTruthy();
});

it('names secrets and never asks for a value that is there', async () => {
  const services: FormServices = { secrets: async () => [{ name: 'shop', hosts: ['api.example.org'] }] };
  const { kept, user } = show(object({ key: { type: 'string', 'x-weft-secret': true } }), {}, { services });
  expect(within(field('key')).queryByText('Expression')).toBeNull();
  await user.click(within(field('key')).getByRole('combobox'));
  await user.click(await screen.findByText('shop'));
  expect(kept.now).toEqual({ key: 'shop' });
});

it('changes nothing while it may only be read', () => {
  show(
    object({ name: { type: 'string' }, list: { type: 'array', items: { type: 'string' } } }),
    { name: 'a', list: ['x'] },
    { readOnly: true },
  );
  expect((within(field('name')).getByRole('textbox') as HTMLInputElement).disabled).toBe(true);
  expect(screen.queryByText(/^Add/)).toBeNull();
  expect(screen.queryByText('Expression')).toBeNull();
});
