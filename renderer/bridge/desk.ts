import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import { browserHost } from './browser-host.ts';
import { shellHost } from './shell-host.ts';
import { SocketBridge } from './socket-bridge.ts';

/** The way out of the renderer: through the preload script in the desktop app, else WebSockets to the page's own host. */
export function connectDesk(): DeskBridge {
  return window.desk ?? new SocketBridge(window.shell ? shellHost(window.shell) : browserHost());
}
