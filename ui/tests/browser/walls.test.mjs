// What the server lets in: its own page with a link that is new, under its own name, and nobody else.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { browser, card, openPage, serve, workspace } from './studio.mjs';

describe('the walls', () => {
  const place = workspace();
  let server;
  let chromium;
  before(async () => {
    server = await serve(place);
    chromium = await browser();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    place.remove();
  });

  it('a page without a link says that it needs one', async () => {
    const { page } = await openPage(await chromium.newContext());
    await page.goto(server.origin);
    await page.getByText('weft serve --link').waitFor();
    assert.equal(await page.locator('.app').count(), 0);
  });

  it('a link opens one tab, once', async () => {
    const context = await chromium.newContext();
    const first = await openPage(context);
    await first.page.goto(server.link);
    await card(first.page, 'By month').waitFor();
    assert.equal(new URL(first.page.url()).hash, '', 'the code is gone from the address');
    const second = await openPage(context);
    await second.page.goto(server.link);
    await second.page.getByText('This link has been used already').waitFor();
    assert.equal(await second.page.locator('.app').count(), 0);
  });

  it('other names, other pages and forms are refused', async () => {
    const own = `127.0.0.1:${server.port}`;
    const json = { 'content-type': 'application/json' };
    const call = (headers) => ask(server.port, 'POST', '/api/flow_list', { host: own, ...json, ...headers });
    assert.equal((await call({})).status, 401);
    assert.equal((await call({ authorization: 'Bearer guessed' })).status, 401);
    assert.equal((await call({ host: 'weather.example' })).status, 403);
    assert.equal((await call({ origin: 'http://weather.example' })).status, 403);
    assert.equal((await call({ origin: `http://127.0.0.1:${server.port + 1}` })).status, 403);
    assert.equal((await call({ origin: 'null' })).status, 403);
    assert.equal((await call({ 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await call({ 'content-type': 'text/plain' })).status, 415);
    assert.equal((await ask(server.port, 'GET', '/', { host: 'weather.example' })).status, 403);
    const page = await ask(server.port, 'GET', '/', { host: own });
    assert.equal(page.status, 200);
    assert.match(page.headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
    assert.equal(page.headers['access-control-allow-origin'], undefined);
  });
});

/** A plain request: `fetch` would not let these headers through. */
function ask(port, method, path, headers) {
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers }));
    });
    asked.on('error', fail);
    asked.end(method === 'POST' ? '{}' : undefined);
  });
}
