import type { BridgeHost } from './bridge-host.ts';

/** WebSockets to the page's own host. */
export function browserHost(): BridgeHost {
  const origin = window.location.origin.replace(/^http/, 'ws');
  return {
    connect: path => {
      const socket = new WebSocket(`${origin}${path}`);
      socket.binaryType = 'arraybuffer';
      return socket;
    },
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
  };
}
