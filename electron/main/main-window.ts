import { join } from 'node:path';
import { app, BrowserWindow, dialog, screen, shell, type WebContents } from 'electron';
import type { Desk } from '#electron/desk/create-desk.ts';
import { CONSOLE_URL, isConsoleUrl } from './console-url.ts';
import { RestartBudget } from './restart-budget.ts';
import { MINIMUM, placeWindow, readWindowState, saveWindowState } from './window-state.ts';

const SAVE_AFTER_MS = 500;

export interface MainWindowParts {
  readonly desk: Desk;
  /** The bundled preload script. */
  readonly preloadFile: string;
  readonly stateFile: string;
  /** Query of the console's address, without the question mark. */
  readonly query: string;
}

/** The console's window: sandboxed, confined to our own page, put back where it was, loaded again when its page crashes. */
export function openMainWindow({ desk, preloadFile, stateFile, query }: MainWindowParts): BrowserWindow {
  const place = placeWindow(
    readWindowState(stateFile),
    screen.getAllDisplays().map(display => display.workArea),
  );
  const window = new BrowserWindow({
    x: place.x,
    y: place.y,
    width: place.width,
    height: place.height,
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    show: false,
    title: 'Sidetone',
    backgroundColor: '#0b0e13',
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: true,
      // Calls go on when the window is behind another: no throttling of audio and timers.
      backgroundThrottling: false,
    },
  });
  if (place.maximized) window.maximize();
  rememberPlace(window, stateFile);
  confine(window.webContents);
  recover(window, desk);
  window.once('ready-to-show', () => window.show());
  void window
    .loadURL(query === '' ? CONSOLE_URL : `${CONSOLE_URL}?${query}`)
    .catch((error: unknown) => desk.log.problem('the console could not be loaded', error));
  return window;
}

/** The page goes nowhere and opens nothing; links to the web open in the person's browser (SEC33). */
function confine(contents: WebContents): void {
  contents.on('will-navigate', (event, url) => {
    if (!isConsoleUrl(url)) event.preventDefault();
  });
  contents.on('will-attach-webview', event => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** A crashed page is loaded again; the calls go on without it and the worker's lease ends what it held (SHL5). */
function recover(window: BrowserWindow, desk: Desk): void {
  const budget = new RestartBudget();
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    desk.log.problem('the console crashed', `${reason} (${String(exitCode)})`);
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    if (budget.take(Date.now())) {
      window.reload();
      return;
    }
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'The console keeps crashing.',
        detail: `Your calls go on; the AI has the floor. The reason is in desk.log (${reason}).`,
        buttons: ['Open it again', 'Quit'],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => (response === 0 ? window.reload() : app.quit()));
  });
  window.on('unresponsive', () => desk.log.problem('the console hangs', 'no answer from its page'));
}

function rememberPlace(window: BrowserWindow, stateFile: string): void {
  let timer: NodeJS.Timeout | null = null;
  const save = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!window.isDestroyed() && !window.isMinimized())
      saveWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const soon = (): void => {
    timer ??= setTimeout(save, SAVE_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', save);
}

/** Where the built preload script lies beside the built main script. */
export const preloadBeside = (mainFolder: string): string => join(mainFolder, '../preload/preload.cjs');
