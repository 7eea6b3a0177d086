// Takes the picture of the README: WEFT_BIN=… node tests/browser/picture.mjs ../docs/screens/studio.png
import { browser, card, openPage, run, serve, workspace } from './studio.mjs';

const place = workspace();
const server = await serve(place);
const chromium = await browser();
try {
  const { page } = await openPage(await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' }));
  await page.goto(server.link);
  await card(page, 'By month').waitFor();
  await run(page, 1);
  await card(page, 'By month').click();
  await page.getByRole('grid', { name: 'Output of By month' }).waitFor();
  await page.mouse.move(300, 480);
  // Until what moves has come to rest.
  await page.waitForTimeout(1000);
  await page.screenshot({ path: process.argv[2] ?? 'studio.png' });
} finally {
  await chromium.close();
  await server.stop();
  place.remove();
}
