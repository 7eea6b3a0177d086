// The sample in the studio: opened by its link, run by the button, read in the drawer, and there again after a reload.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browser, card, counts, openPage, ran, run, serve, workspace } from './studio.mjs';

describe('the sample', () => {
  const place = workspace();
  let server;
  let chromium;
  let page;
  let seen;
  before(async () => {
    server = await serve(place);
    chromium = await browser();
    seen = await openPage(await chromium.newContext({ viewport: { width: 1440, height: 900 } }));
    page = seen.page;
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    place.remove();
  });

  it('opens by the link and stands in the flow list', async () => {
    await page.goto(server.link);
    await card(page, 'By month').waitFor();
    await page.getByRole('button', { name: 'All flows' }).click();
    await page.getByRole('heading', { name: 'Weather sample' }).waitFor();
    const row = page.locator('[data-flow=seattle-weather]');
    assert.match(await row.innerText(), /Seattle weather by month/);
    assert.match(await row.innerText(), /8 nodes/);
    await row.click();
    await card(page, 'By month').waitFor();
    assert.equal(await page.locator('.canvas [id^=box-][role=group]').count(), 8);
  });

  it('runs by the button and counts what travelled', async () => {
    await run(page, 1);
    await counts(page, ['1', '1,461', '1,461', '1,095', '36', '1']);
  });

  it('shows the months in the drawer', async () => {
    await card(page, 'By month').click();
    await month(page);
  });

  it('draws the chart of the view block', async () => {
    await chart(page);
  });

  it('has it all after a reload', async () => {
    await page.reload();
    await ran(page, 1);
    await counts(page, ['1', '1,461', '1,461', '1,095', '36', '1']);
    await card(page, 'By month').click();
    await month(page);
    await chart(page);
  });

  it('said nothing wrong and asked nobody else', () => {
    assert.deepEqual(seen.wrong, []);
    const own = new URL(server.origin).host;
    assert.deepEqual(
      seen.asked.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:') && new URL(url).host !== own),
      [],
    );
    assert.ok(seen.asked.some((url) => url.startsWith('ws://')));
  });
});

/** The row of March 2014 in the output of By month. */
async function month(page) {
  const grid = page.getByRole('grid', { name: 'Output of By month' });
  await grid.focus();
  await grid.press('End');
  await grid.press('Home');
  for (let i = 0; i < 14; i++) await grid.press('ArrowDown');
  const row = grid.getByRole('row').filter({ hasText: '2014-03' });
  await row.waitFor();
  const cells = await row.getByRole('gridcell').allInnerTexts();
  assert.equal(cells[0], '2014-03');
  assert.equal(cells[1], '240.0');
  assert.equal(cells[5], '31');
}

/** Whether the chart's canvas has ink. */
async function chart(page) {
  const canvas = page.locator('.react-flow__node-view canvas');
  await canvas.waitFor();
  const ink = await canvas.evaluate((one) => {
    const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height);
    let dots = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) dots += 1;
    return dots / (data.length / 4);
  });
  assert.ok(ink > 0.05, `a part of ${ink} of the chart is drawn`);
}
