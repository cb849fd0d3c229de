import { ipcMain, type IpcMainEvent } from 'electron';
import { CONNECT_CHANNEL } from '#shared/ipc/shell.ts';
import { connectRequestSchema } from '#shared/ipc/shell-port.ts';
import { serveAudio, serveDesk } from '#electron/ipc/desk-socket.ts';
import type { Desk } from '#electron/desk/create-desk.ts';
import { isConsoleUrl } from './console-url.ts';
import { PortSocket } from './port-socket.ts';

/** Connects pages to the desk. Only the main frame of our own page is served; anything else is noted and let go (SEC30). */
export function serveConsoles(desk: Desk): void {
  ipcMain.on(CONNECT_CHANNEL, (event: IpcMainEvent, message: unknown) => {
    const [port] = event.ports;
    if (!port) return;
    const request = connectRequestSchema.safeParse(message);
    if (!isOurs(event) || !request.success) {
      desk.log.problem('a connection was refused', event.senderFrame?.url ?? 'a frame that is gone');
      port.close();
      return;
    }
    const { pathname, searchParams } = new URL(request.data.path, 'app://bundle');
    if (pathname === '/desk') serveDesk(new PortSocket(port), desk.core, desk.route);
    else if (pathname === '/desk/audio')
      serveAudio(new PortSocket(port), desk.core, Object.fromEntries(searchParams));
    else port.close();
  });
}

function isOurs({ sender, senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isConsoleUrl(senderFrame.url);
}
