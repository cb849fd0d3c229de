// The floor of every start: a window with nothing in it.
import { app, BrowserWindow } from 'electron';

app.on('window-all-closed', () => app.quit());
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1200, height: 800, webPreferences: { sandbox: true } });
  return window.loadURL('data:text/html,<p id="here">Here</p>');
});
