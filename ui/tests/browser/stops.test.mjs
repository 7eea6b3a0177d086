// Runs that do not end well: a node that fails, a script that never ends, a server that is killed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browser, card, openPage, ran, run, serve, workspace } from './studio.mjs';

const script = (name, code) => `weft: 1
name: ${name}

nodes:
  start:
    type: trigger.manual
    name: By hand

  work:
    type: code.javascript
    name: Work
    settings:
      code: |
        ${code}

edges:
  - start -> work

layout:
  start: [0, 0]
  work: [120, -6]
`;

describe('runs that do not end well', () => {
  const place = workspace({
    fails: script('Fails', "throw new Error('The well is dry');"),
    endless: script('Endless', 'for (;;) {}'),
  });
  let server;
  let chromium;
  let page;
  let seen;
  before(async () => {
    server = await serve(place);
    chromium = await browser();
    seen = await openPage(await chromium.newContext({ viewport: { width: 1440, height: 900 } }));
    page = seen.page;
    await page.goto(server.link);
  });
  after(async () => {
    await chromium?.close();
    await server?.stop('SIGKILL');
    place.remove();
  });

  const open = async (flow) => {
    await page.getByRole('button', { name: 'All flows' }).click();
    await page.locator(`[data-flow=${flow}]`).click();
    await card(page, 'Work').waitFor();
  };

  it('a node that fails says why on its card and in the inspector', async () => {
    await open('fails');
    await run(page, 1, 'stopped');
    await card(page, 'Work').getByText('The well is dry').waitFor();
    await page.getByRole('button', { name: '1 step stopped' }).click();
    await page.getByRole('alert', { name: 'What happened' }).getByText('The well is dry').waitFor();
  });

  it('Stop ends a script that would go on for ever', async () => {
    await open('endless');
    await page.locator('.title .btn.pri', { hasText: 'Run' }).first().click();
    const stop = page.locator('.title').getByRole('button', { name: 'Stop' });
    await card(page, 'Work').getByText('Running').waitFor();
    const from = Date.now();
    await stop.click();
    await ran(page, 2, 'stopped by hand');
    assert.ok(Date.now() - from < 5000, `it took ${Date.now() - from} ms`);
    await card(page, 'Work').getByText('Cancelled').waitFor();
    assert.deepEqual(seen.wrong, []);
  });

  it('a killed server is noticed, and its run is there once it is back', async () => {
    await page.locator('.title .btn.pri', { hasText: 'Run' }).first().click();
    await card(page, 'Work').getByText('Running').waitFor();
    await server.stop('SIGKILL');
    await page.getByText('Not connected, trying again').waitFor();
    server = await serve(place, server.port);
    await page.getByText('This page needs a new link').waitFor();
    // Opened in the same tab, a new link differs in nothing but its code.
    await page.goto(server.link);
    await page.getByText('All changes kept').waitFor();
    await card(page, 'Work').getByText('Running').waitFor();
    await page.locator('section[aria-label="Run and data"]').getByText('Run 3', { exact: true }).waitFor();
    await page.locator('.title').getByRole('button', { name: 'Stop' }).click();
    await ran(page, 3, 'stopped by hand');
  });
});
