// The window itself, under Xvfb, driven through WebKitWebDriver: it opens on the sample, runs it, and shows what came out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const program = process.env.WEFT_DESKTOP;
const display = `:${90 + (process.pid % 200)}`;
const port = 4500 + (process.pid % 400);

/** Starts a program in a process group of its own, so that its children can be ended with it. */
function start(command, args, env = {}) {
  const child = spawn(command, args, { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
  child.on('error', (error) => assert.fail(`${command}: ${error.message}`));
  return child;
}

function end(child) {
  try {
    if (child?.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function driver(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value?.message ?? answer.status}`);
  return value;
}

/** Looks until it is so. */
async function until(what, look, most = 60_000) {
  const begin = Date.now();
  for (;;) {
    const found = await look().catch((error) => {
      if (Date.now() - begin > most) throw error;
    });
    if (found) return found;
    if (Date.now() - begin > most) assert.fail(`${what}: not within ${most / 1000} s`);
    await sleep(100);
  }
}

describe('the desktop window', () => {
  const place = mkdtempSync(join(tmpdir(), 'weft-desktop-'));
  let screen;
  let web;
  let session;
  const page = (script, ...args) => driver('POST', `/session/${session}/execute/sync`, { script, args });

  before(async () => {
    assert.ok(program && existsSync(program), 'WEFT_DESKTOP names the desktop program');
    cpSync(join(root, 'samples/weather'), join(place, 'workspace'), { recursive: true });
    screen = start('Xvfb', [display, '-screen', '0', '1440x900x24', '-nolisten', 'tcp']);
    await until('Xvfb is up', async () => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`), 20_000);
    web = start('dbus-run-session', ['--', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'], {
      DISPLAY: display,
      TAURI_WEBVIEW_AUTOMATION: 'true',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      WEFT_CONFIG_HOME: join(place, 'user'),
      HOME: place,
    });
    await until('the driver answers', () => driver('GET', '/status'), 20_000);
    const options = { binary: program, args: ['--sample', join(place, 'workspace')] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    ({ sessionId: session } = await driver('POST', '/session', { capabilities }));
  });

  after(async () => {
    if (session) await driver('DELETE', `/session/${session}`).catch(() => {});
    end(web);
    end(screen);
    rmSync(place, { recursive: true, force: true });
  });

  it('opens on the sample', async () => {
    await until('the card By month', () => page("return document.body.innerText.includes('By month')"));
    const scheme = await page('return location.protocol');
    assert.equal(scheme, 'tauri:', 'the page comes from inside the program');
  });

  it('runs it and shows what travelled', async () => {
    const run =
      "const b = [...document.querySelectorAll('button')].find((b) => /^Run\\b/.test(b.innerText)); if (b) b.click(); return !!b";
    await until('the Run button', () => page(run));
    for (const count of ['1,461', '1,095', '36']) {
      await until(`the count ${count}`, () => page('return document.body.textContent.includes(arguments[0])', count));
    }
    await until('the report is written', async () => existsSync(join(place, 'workspace/report.md')));
  });

  it('opens no port', async () => {
    const { readFileSync, readdirSync, readlinkSync } = await import('node:fs');
    const own = readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/exe`) === program;
      } catch {
        return false;
      }
    });
    assert.ok(own.length > 0, 'the program runs');
    const inodes = new Set();
    for (const pid of own) {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        try {
          const socket = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`));
          if (socket) inodes.add(socket[1]);
        } catch {
          // Closed meanwhile.
        }
      }
    }
    const listening = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((table) => readFileSync(table, 'utf8').split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => cells[3] === '0A' && inodes.has(cells[9]));
    assert.deepEqual(listening, []);
  });

  it('breaks no rule of its policy', async () => {
    const blocked = await page("try { new Function('return 1')(); return 'evaluated' } catch { return 'blocked' }");
    assert.equal(blocked, 'blocked');
  });
});
