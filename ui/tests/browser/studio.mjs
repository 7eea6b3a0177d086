// Starts the real server over a copy of the sample, and opens its studio in a browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const BINARY = process.env.WEFT_BIN;
const CHROMIUM = process.env.WEFT_CHROMIUM ?? '/usr/bin/chromium';
const SAMPLE = join(import.meta.dirname, '../../../samples/weather');
const PATIENCE = 20_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No name leads anywhere: a page that needs one would be broken.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** A workspace that is gone after the tests: the sample, and flows given as text by their file's name. */
export function workspace(flows = {}) {
  const root = mkdtempSync(join(tmpdir(), 'weft-studio-'));
  const folder = join(root, 'weather');
  cpSync(SAMPLE, folder, { recursive: true });
  mkdirSync(join(root, 'config'));
  for (const [name, text] of Object.entries(flows)) writeFileSync(join(folder, 'flows', `${name}.flow.yaml`), text);
  return { root, folder, config: join(root, 'config'), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** `weft serve` over a workspace; `port` is 0 for any. */
export async function serve(place, port = 0) {
  assert.ok(BINARY && existsSync(BINARY), 'WEFT_BIN names the program that is tested: cargo build -p weftwork');
  const child = spawn(
    BINARY,
    ['serve', '--sample', '--workspace', place.folder, '--listen', `127.0.0.1:${port}`, '--webhooks', '127.0.0.1:0'],
    { env: { ...process.env, WEFT_CONFIG_HOME: place.config }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  const ended = new Promise((done) => child.once('exit', done));
  const link = await new Promise((done, fail) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('exit', (code) => fail(new Error(`weft serve ended with ${code}: ${said}`)));
    child.once('error', fail);
  });
  return {
    link,
    origin: new URL(link).origin,
    port: Number(new URL(link).port),
    said: () => said,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

export const browser = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** A page that keeps what went wrong in it, and every address it asked for. */
export async function openPage(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  const asked = [];
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.stack ?? error.message));
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { page, wrong, asked };
}

/** The card of a node, by its name. */
export const card = (page, name) => page.locator('.canvas [role=group]', { hasText: name }).first();

/** Presses Run, and waits until the run that follows is over as said. */
export async function run(page, number, how = 'done') {
  await page.locator('.title .btn.pri', { hasText: 'Run' }).first().click();
  await ran(page, number, how);
}

/** Waits until the strip says that a run is over as said. */
export async function ran(page, number, how = 'done') {
  const strip = page.locator('section[aria-label="Run and data"]');
  await strip.getByText(`Run ${number}`, { exact: true }).waitFor();
  await strip.getByRole('img', { name: how, exact: true }).waitFor();
}

/** Waits until the counts at the threads are these, in any order. */
export async function counts(page, wanted) {
  const want = [...wanted].sort();
  await page
    .waitForFunction(
      (texts) => {
        const shown = [...document.querySelectorAll('svg.threads text.count')].map((one) => one.textContent).sort();
        return JSON.stringify(shown) === JSON.stringify(texts);
      },
      want,
      { timeout: PATIENCE },
    )
    .catch(() => {});
  const shown = await page.locator('svg.threads text.count').allTextContents();
  assert.deepEqual(shown.sort(), want);
}
