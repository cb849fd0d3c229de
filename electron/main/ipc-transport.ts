import { ipcMain, type IpcMainEvent } from 'electron';
import { CONNECT_CHANNEL } from '#shared/ipc/shell.ts';
import { connectPage, type Served } from './connect-page.ts';

/** The one channel of the desktop app. */
export function serveConsoles(served: Served): void {
  ipcMain.on(CONNECT_CHANNEL, (event: IpcMainEvent, message: unknown) => connectPage(event, message, served));
}
