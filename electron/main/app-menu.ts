import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';

/**
 * The menu of the desktop. No accelerator of it takes a key of the console: the platform's own roles, and quitting.
 * Reloading is there because a supervisor may want it; developer tools only where the app is not packaged.
 */
export function buildAppMenu(dataFolder: string, openCapsule: () => void): Menu {
  const isMac = process.platform === 'darwin';
  const mac: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : [];
  const developer: MenuItemConstructorOptions[] = [{ role: 'toggleDevTools' }];
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload', accelerator: 'CommandOrControl+Shift+R' },
    ...(app.isPackaged ? [] : developer),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  const quit: MenuItemConstructorOptions[] = isMac ? [] : [{ type: 'separator' }, { role: 'quit' }];
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [{ id: 'open-capsule', label: 'Open capsule…', click: openCapsule }, ...quit],
  };
  const help: MenuItemConstructorOptions[] = [
    { label: 'Show logs and data', click: () => void shell.openPath(dataFolder) },
  ];
  return Menu.buildFromTemplate([
    ...mac,
    file,
    // Undo and redo of the edit menu would take Ctrl+Z, which undoes a takeover; text fields have them without a menu.
    {
      label: 'Edit',
      submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
    },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
    { role: 'help', submenu: help },
  ]);
}
