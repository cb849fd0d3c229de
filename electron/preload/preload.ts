import { contextBridge, ipcRenderer } from 'electron';
import { CONNECT_CHANNEL, type PortDelivery, type ShellBridge } from '#shared/ipc/shell.ts';

// Ports cannot cross the context bridge; a message of the page's own window may carry one (IPC51).
const shell: ShellBridge = {
  connect: (path, key) => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(CONNECT_CHANNEL, { path }, [port2]);
    window.postMessage({ sidetonePort: key } satisfies PortDelivery, window.location.origin, [port1]);
  },
};
contextBridge.exposeInMainWorld('shell', shell);
