// The desktop's transport: one command for calls, one channel for events. No other file imports @tauri-apps.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Transport } from './call';
import type { Event } from './generated';

/** The transport of the desktop window. */
export const desktop: Transport = {
  call: (name, params) => invoke('call', { name, params }),
  events(since, told, away) {
    const channel = new Channel<Event>();
    let over = false;
    channel.onmessage = (event) => {
      if (!over) told(event);
    };
    invoke('events', { since: since(), channel }).then(
      () => away(false),
      () => away(true),
    );
    return () => {
      over = true;
    };
  },
};
