import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from './generated';

class Line {
  static all: Line[] = [];
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: URL) {
    Line.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.onclose?.({ code: 1006 });
  }
}

const answer = (status: number, body: unknown) => ({ ok: status < 400, status, json: async () => body });
let fetched: { url: string; body: unknown; auth: string | undefined }[];
let reply: (url: string) => unknown;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  Line.all = [];
  fetched = [];
  sessionStorage.clear();
  reply = (url) => (url === 'api/door' ? answer(200, { token: 't1' }) : answer(200, { ok: true }));
  vi.stubGlobal('WebSocket', Line);
  vi.stubGlobal('fetch', async (url: string, init: { body: string; headers: Record<string, string> }) => {
    fetched.push({ url, body: JSON.parse(init.body), auth: init.headers.authorization });
    return reply(url);
  });
  location.hash = '#code=abc-1';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the browser’s door', () => {
  it('buys a token once, hides the code, and carries the token in every call', async () => {
    const { browser } = await import('./http');
    await Promise.all([browser.call('flow_list', { limit: 1 }), browser.call('node_list', {})]);
    expect(fetched.filter((f) => f.url === 'api/door')).toEqual([{ url: 'api/door', body: { code: 'abc-1' }, auth: undefined }]);
    expect(fetched.filter((f) => f.url !== 'api/door').map((f) => f.auth)).toEqual(['Bearer t1', 'Bearer t1']);
    expect(location.hash).toBe('');
    expect(sessionStorage.getItem('weft.token')).toBe('t1');
  });

  it('says what to do where the link is spent', async () => {
    reply = () => answer(403, {});
    const { browser } = await import('./http');
    await expect(browser.call('flow_list', {})).rejects.toMatchObject({
      code: 'door.closed',
      help: expect.stringContaining('weft serve --link'),
    });
  });

  it('rejects with the problem the program gave, and forgets a token that is refused', async () => {
    const { browser } = await import('./http');
    reply = (url) => (url === 'api/door' ? answer(200, { token: 't1' }) : answer(401, { code: 'door.closed', message: 'no' }));
    await expect(browser.call('flow_list', {})).rejects.toMatchObject({ code: 'door.closed', message: 'no' });
    expect(sessionStorage.getItem('weft.token')).toBeNull();
  });

  it('says so where nobody answers', async () => {
    const { browser } = await import('./http');
    reply = (url) => {
      if (url === 'api/door') return answer(200, { token: 't1' });
      throw new TypeError('failed');
    };
    await expect(browser.call('flow_list', {})).rejects.toMatchObject({ code: 'client.unreachable' });
  });
});

describe('the stream of events', () => {
  it('begins with the token and where it stopped, and goes on there after a cut', async () => {
    const { browser } = await import('./http');
    const heard: Event[] = [];
    const away: (boolean | 'closed')[] = [];
    let at: { epoch: string; seq: string } | null = null;
    const stop = browser.events(
      () => at,
      (e) => {
        heard.push(e);
        at = e.at ?? at;
      },
      (is) => away.push(is),
    );
    await vi.advanceTimersByTimeAsync(1);
    expect(Line.all).toHaveLength(1);
    expect(Line.all[0]!.url.pathname).toBe('/api/events');
    Line.all[0]!.onopen?.();
    expect(Line.all[0]!.sent).toEqual([{ token: 't1', since: null }]);
    Line.all[0]!.onmessage?.({ data: JSON.stringify({ at: { epoch: 'e', seq: '7' }, what: { type: 'flows_changed' } }) });
    expect(heard).toHaveLength(1);
    Line.all[0]!.onclose?.({ code: 1006 });
    expect(away).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(Line.all).toHaveLength(2);
    Line.all[1]!.onopen?.();
    expect(Line.all[1]!.sent).toEqual([{ token: 't1', since: { epoch: 'e', seq: '7' } }]);
    stop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(Line.all).toHaveLength(2);
  });

  it('asks for a new link where the server knows no such token', async () => {
    const { browser } = await import('./http');
    const away: (boolean | 'closed')[] = [];
    const stop = browser.events(
      () => null,
      () => {},
      (is) => away.push(is),
    );
    await vi.advanceTimersByTimeAsync(1);
    Line.all[0]!.onclose?.({ code: 4401 });
    expect(away).toEqual(['closed']);
    expect(sessionStorage.getItem('weft.token')).toBeNull();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(Line.all).toHaveLength(1);
    stop();
  });

  it('waits longer and longer between attempts', async () => {
    const { browser } = await import('./http');
    const stop = browser.events(
      () => null,
      () => {},
      () => {},
    );
    await vi.advanceTimersByTimeAsync(1);
    for (let i = 0; i < 4; i++) {
      Line.all.at(-1)!.onclose?.({ code: 1006 });
      await vi.advanceTimersByTimeAsync(12_000);
    }
    expect(Line.all).toHaveLength(5);
    Line.all.at(-1)!.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(Line.all).toHaveLength(5);
    stop();
  });
});
