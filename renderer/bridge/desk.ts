import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import { BrowserBridge } from './browser-bridge.ts';

/** The way out of the renderer: what the preload script provides, else a WebSocket to the page's own host. */
export function connectDesk(): DeskBridge {
  return window.desk ?? new BrowserBridge();
}
