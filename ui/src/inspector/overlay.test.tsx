import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Json } from '../kit';
import { useOverlay } from './overlay';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call that ends when it is told to. */
function held() {
  let end = (_: boolean) => {};
  const answer = new Promise<boolean>((done) => {
    end = done;
  });
  return { answer, end: (ok = true) => act(async () => end(ok)) };
}

const start = (kept: Json) => renderHook(({ kept }) => useOverlay(kept), { initialProps: { kept } });

it('lets the next edit build on one whose echo has not come', async () => {
  const { result } = start({ rows: [1] });
  const seen: Json[] = [];
  const [first, second] = [held(), held()];
  act(() => {
    result.current.send(['rows'], [1, 2], (whole) => {
      seen.push(whole);
      return first.answer;
    });
    result.current.send(['name'], 'x', (whole) => {
      seen.push(whole);
      return second.answer;
    });
  });
  expect(result.current.value).toEqual({ rows: [1, 2], name: 'x' });
  expect(seen).toEqual([{ rows: [1] }, { rows: [1, 2] }]);
});

it('ignores the echo of an earlier keystroke', async () => {
  const { result, rerender } = start({ name: '' });
  const [first, second] = [held(), held()];
  act(() => result.current.send(['name'], 'a', () => first.answer));
  act(() => result.current.send(['name'], 'ab', () => second.answer));
  await first.end();
  await second.end();
  rerender({ kept: { name: 'a' } });
  expect(result.current.value).toEqual({ name: 'ab' });
  rerender({ kept: { name: 'ab' } });
  rerender({ kept: { name: 'by another' } });
  expect(result.current.value).toEqual({ name: 'by another' });
});

it('takes back what was refused', async () => {
  const { result } = start({ name: 'a' });
  const call = held();
  act(() => result.current.send(['name'], 'b', () => call.answer));
  expect(result.current.value).toEqual({ name: 'b' });
  await call.end(false);
  expect(result.current.value).toEqual({ name: 'a' });
});

it('believes the document where it keeps something else', async () => {
  const { result, rerender } = start({ n: 1 });
  const call = held();
  act(() => result.current.send(['n'], 2, () => call.answer));
  await call.end();
  rerender({ kept: { n: 3 } });
  expect(result.current.value).toEqual({ n: 2 });
  act(() => void vi.advanceTimersByTime(2000));
  expect(result.current.value).toEqual({ n: 3 });
});
