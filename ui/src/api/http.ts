// The browser's transport: POST for calls, one WebSocket for events, a token that lives in this tab.
import type { Transport } from './call';
import type { Event, Problem } from './generated';

const TOKEN = 'weft.token';
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8000;
/** How the server closes a line whose token it does not know. */
const NO_ACCESS = 4401;

let door: Promise<string> | null = null;

/** The token: kept in the tab, or bought once with the code in the link. */
function token(): Promise<string> {
  door ??= enter();
  return door;
}

async function enter(): Promise<string> {
  const code = /^#code=([\w-]+)/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, '', location.pathname + location.search);
    const answer = await fetch('api/door', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (answer.ok) {
      const { token } = (await answer.json()) as { token: string };
      sessionStorage.setItem(TOKEN, token);
      return token;
    }
  }
  const kept = sessionStorage.getItem(TOKEN);
  if (kept !== null) return kept;
  door = null;
  throw closed();
}

/** The server does not know the token: it was started anew. */
function forget() {
  sessionStorage.removeItem(TOKEN);
  door = null;
}

// A new link opened in this tab changes nothing but what follows the hash.
addEventListener('hashchange', () => location.hash.startsWith('#code=') && location.reload());

function closed(): Problem {
  return {
    code: 'door.closed',
    message: 'This link has been used already, or it is too old.',
    help: 'Ask for a new one with weft serve --link and open it in this browser.',
    node: null,
    field: null,
    item: null,
    details: null,
  };
}

function unreachable(): Problem {
  return {
    code: 'client.unreachable',
    message: 'The program does not answer.',
    help: 'See whether weft serve still runs. Nothing that was kept is lost.',
    node: null,
    field: null,
    item: null,
    details: null,
  };
}

/** The transport of a browser tab. */
export const browser: Transport = {
  async call(name, params) {
    const key = await token();
    let answer: Response;
    try {
      answer = await fetch(`api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(params),
      });
    } catch {
      throw unreachable();
    }
    if (answer.ok) return answer.status === 204 ? {} : answer.json();
    if (answer.status === 401) forget();
    throw await answer.json().catch(() => (answer.status === 401 ? closed() : unreachable()));
  },

  events(since, told, away) {
    let over = false;
    let pause = FIRST_PAUSE;
    let socket: WebSocket | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (is: true | 'closed') => {
      if (over) return;
      away(is);
      timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    };
    const open = async () => {
      let key: string;
      try {
        key = await token();
      } catch {
        again('closed');
        return;
      }
      if (over) return;
      const url = new URL('api/events', location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      url.hash = '';
      url.search = '';
      const line = new WebSocket(url);
      socket = line;
      line.onopen = () => {
        line.send(JSON.stringify({ token: key, since: since() }));
        pause = FIRST_PAUSE;
        away(false);
      };
      line.onmessage = (message) => told(JSON.parse(message.data as string) as Event);
      line.onclose = ({ code }) => {
        if (code === NO_ACCESS) forget();
        again(code === NO_ACCESS ? 'closed' : true);
      };
    };
    void open();
    return () => {
      over = true;
      clearTimeout(timer);
      socket?.close();
    };
  },
};
