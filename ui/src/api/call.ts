// One way to call the program: the only place where the desktop and the browser part.
import type { Calls, Cursor, Event, Problem } from './generated';

/** Carries calls one way and events the other. */
export interface Transport {
  call(name: string, params: unknown): Promise<unknown>;
  /** Streams what happened since a cursor; gives a function that ends it. `away` says whether the line is cut, or closed until a new link is opened. */
  events(since: () => Cursor | null, told: (event: Event) => void, away: (is: boolean | 'closed') => void): () => void;
}

let transport: Promise<Transport> | null = null;

/** The transport of this host. */
export function host(): Promise<Transport> {
  transport ??=
    '__TAURI_INTERNALS__' in window ? import('./tauri').then((m) => m.desktop) : import('./http').then((m) => m.browser);
  return transport;
}

/** Puts another transport in place: for tests. */
export function useTransport(other: Transport) {
  transport = Promise.resolve(other);
}

/** Calls the program by the name of its list. Rejects with a `Problem`. */
export async function call<N extends keyof Calls>(name: N, params: Calls[N]['in']): Promise<Calls[N]['out']> {
  const line = await host();
  try {
    return (await line.call(name, params)) as Calls[N]['out'];
  } catch (error) {
    throw asProblem(error);
  }
}

/** Whatever was thrown, as a `Problem`. */
export function asProblem(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return { help: '', node: null, field: null, item: null, details: null, ...(error as object) } as Problem;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'client.unexpected', message, help: '', node: null, field: null, item: null, details: null };
}
