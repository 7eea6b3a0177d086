// The window itself, under Xvfb, driven through WebKitWebDriver: it opens on the sample, runs it, and shows what came out.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
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

/** Inodes of the sockets that the processes of a group have open. */
function sockets(group) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const own = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[2] === String(group);
      if (!own) continue;
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const socket = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`));
        if (socket) found.push(socket[1]);
      }
    } catch {
      // It ended, or closed the file, meanwhile.
    }
  }
  return found;
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
    // Driven by a test it has the driver's port, so a second one is looked at that nobody drives.
    cpSync(join(root, 'samples/weather'), join(place, 'other'), { recursive: true });
    const window = start('dbus-run-session', ['--', program, '--sample', join(place, 'other')], {
      DISPLAY: display,
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      WEFT_CONFIG_HOME: join(place, 'other-user'),
      HOME: place,
    });
    try {
      await until('the second window owns its workspace', async () => existsSync(join(place, 'other/.weft/socket')));
      await sleep(2000);
      const inodes = new Set(sockets(window.pid));
      const listening = ['/proc/net/tcp', '/proc/net/tcp6']
        .flatMap((table) => readFileSync(table, 'utf8').split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter((cells) => cells[3] === '0A' && inodes.has(cells[9]));
      assert.ok(inodes.size > 0, 'its sockets are seen');
      assert.deepEqual(listening, []);
    } finally {
      end(window);
    }
  });

  it('breaks no rule of its policy', async () => {
    const blocked = await page("try { new Function('return 1')(); return 'evaluated' } catch { return 'blocked' }");
    assert.equal(blocked, 'blocked');
  });
});
