import type { MessagePortMain } from 'electron';
import { connectRequestSchema } from '#shared/ipc/shell-port.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { serveAudio, serveDesk } from '#electron/ipc/desk-socket.ts';
import type { createRouter } from '#electron/ipc/router.ts';
import { isConsoleUrl } from './console-url.ts';
import { PortSocket } from './port-socket.ts';

/** A frame as Electron tells of it. */
interface Frame {
  readonly url: string;
}

/** What came with a request to be connected. */
export interface ConnectEvent {
  readonly ports: readonly MessagePortMain[];
  /** The frame that asked; null when it is gone. */
  readonly senderFrame: Frame | null;
  readonly sender: { readonly mainFrame: Frame };
}

export interface Served {
  readonly core: DeskCore;
  readonly route: ReturnType<typeof createRouter>;
  readonly onRefused: (url: string) => void;
}

/** Connects a page to the desk: only the main frame of our own page, and only to what there is (SEC30, IPC51). */
export function connectPage(
  { ports, senderFrame, sender }: ConnectEvent,
  message: unknown,
  served: Served,
): void {
  const [port] = ports;
  if (!port) return;
  const isOurs = senderFrame !== null && senderFrame === sender.mainFrame && isConsoleUrl(senderFrame.url);
  const request = connectRequestSchema.safeParse(message);
  const url = request.success && isOurs ? new URL(request.data.path, 'app://bundle') : null;
  if (url?.pathname === '/desk') serveDesk(new PortSocket(port), served.core, served.route);
  else if (url?.pathname === '/desk/audio')
    serveAudio(new PortSocket(port), served.core, Object.fromEntries(url.searchParams));
  else {
    served.onRefused(senderFrame?.url ?? 'a frame that is gone');
    port.close();
  }
}
