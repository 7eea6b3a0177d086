// A flow made from nothing by mouse: wires, quick-add, settings, a run, a reload, and all of it undone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browser, card, counts, openPage, ran, run, serve, workspace } from './studio.mjs';

describe('a flow from nothing', () => {
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

  it('begins empty and is started by hand', async () => {
    await page.goto(server.link);
    await card(page, 'By month').waitFor();
    await page.getByRole('button', { name: 'All flows' }).click();
    await page.getByRole('main').getByRole('button', { name: 'New flow' }).click();
    const dialog = page.getByRole('dialog', { name: 'New flow' });
    await dialog.getByLabel('Name').fill('Days by month');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('option', { name: 'When I press Run' }).click();
    await port(page, 'manual').waitFor();
  });

  it('grows at wires that are let go on the cloth', async () => {
    const inspector = page.getByLabel('Inspector');
    await wire(page, 'manual', 120, 'read', 'Read file');
    await inspector.getByLabel('Path', { exact: true }).fill('data/seattle-weather.csv');
    await inspector.getByLabel('Path', { exact: true }).press('Enter');

    await wire(page, 'read_file', 100, 'filter', 'Filter');
    await inspector.getByRole('button', { name: 'Add a condition' }).click();
    await field(page, 'conditions/0/field').locator('input').fill('date');
    await choose(page, 'conditions/0/is', '≥');
    await field(page, 'conditions/0/value').locator('input').fill('2013-01-01');

    await wire(page, 'filter', 100, 'summ', 'Summarize');
    await inspector.getByRole('button', { name: 'Add a group' }).click();
    await field(page, 'group_by/0/value').getByRole('button', { name: 'Expression' }).click();
    await field(page, 'group_by/0/value').locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('item.date.slice(0, 7)');
    await field(page, 'group_by/0/name').locator('input').fill('month');
    await inspector.getByRole('button', { name: 'Add a measure' }).click();
    await field(page, 'measures/0/name').locator('input').fill('rain');
    await choose(page, 'measures/0/of', 'Sum');
    await field(page, 'measures/0/field').locator('input').fill('precipitation');
    await field(page, 'measures/0/field').locator('input').press('Tab');
    await page.getByText('No findings').waitFor();
  });

  it('runs', async () => {
    await run(page, 1);
    await counts(page, ['1', '1,461', '1,095']);
    assert.match(await card(page, 'Summarize').innerText(), /36 items/);
    await march(page);
  });

  it('is there after a reload', async () => {
    await page.reload();
    await ran(page, 1);
    await counts(page, ['1', '1,461', '1,095']);
    assert.match(await card(page, 'Summarize').innerText(), /36 items/);
    await march(page);
  });

  it('is undone to nothing', async () => {
    await page.locator('.react-flow__pane').click({ position: { x: 40, y: 40 } });
    const cards = page.locator('.canvas [id^=box-][role=group]');
    for (let i = 0; i < 80 && (await cards.count()) > 0; i++) {
      await page.keyboard.press('Control+z');
      await page.waitForTimeout(60);
    }
    await page.getByRole('combobox', { name: 'What should start this flow' }).waitFor();
    assert.deepEqual(seen.wrong, []);
  });
});

const port = (page, node) => page.locator(`.port[data-side=out][data-node="${node}"]`);
const field = (page, path) => page.locator(`.inspector [data-field="${path}"]`);

/** Draws a wire from the output of a node to the empty cloth, and takes a type from the list there. */
async function wire(page, node, right, words, type) {
  const { x, y, width, height } = await port(page, node).boundingBox();
  const from = { x: x + width / 2, y: y + height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + right, from.y, { steps: 6 });
  await page.mouse.up();
  const list = page.getByRole('dialog', { name: 'Add a node' });
  await list.getByRole('combobox').fill(words);
  await list.getByRole('option', { name: type }).first().click();
  await page.getByLabel('Inspector').getByText(`${type} ·`).waitFor();
}

async function choose(page, path, option) {
  await field(page, path).locator('input').first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** March 2014 had 240 mm of rain. */
async function march(page) {
  await card(page, 'Summarize').click();
  const grid = page.getByRole('grid', { name: 'Output of Summarize' });
  await grid.focus();
  for (let i = 0; i < 15; i++) await grid.press('ArrowDown');
  const row = grid.getByRole('row').filter({ hasText: '2014-03' });
  await row.waitFor();
  assert.deepEqual(await row.getByRole('gridcell').allInnerTexts(), ['2014-03', '240.0']);
}
