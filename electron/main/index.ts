import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { app, BrowserWindow, dialog, Menu, powerMonitor, safeStorage, session } from 'electron';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { CAPSULE_SUFFIX } from '#shared/protocol/capsule.ts';
import type { HeldCall } from '#electron/core/desk-core.ts';
import { createDesk, type Desk } from '#electron/desk/create-desk.ts';
import { readDeskOptions, type DeskOptions } from '#electron/desk/desk-options.ts';
import { buildAppMenu } from './app-menu.ts';
import { registerAppScheme, serveConsole } from './app-scheme.ts';
import { serveConsoles } from './ipc-transport.ts';
import { KeychainSecrets } from './keychain-secrets.ts';
import { openMainWindow, preloadBeside } from './main-window.ts';
import { guardPermissions } from './permissions.ts';
import { QuitGuard, type QuitChoice } from './quit-guard.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Beside the built main script in development; outside the archive, where plain Node can read it, in a package. */
const root = app.isPackaged
  ? join(process.resourcesPath, 'app.asar.unpacked')
  : resolve(import.meta.dirname, '../..');

function bundledNode(): string {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return app.isPackaged
    ? join(process.resourcesPath, 'node', name)
    : join(root, 'node_modules/node/bin', name);
}

/** A thread of the desk, built beside this script; in a package outside the archive, where every thread can read it. */
const threadBeside = (name: string): URL =>
  pathToFileURL(join(import.meta.dirname.replace('app.asar', 'app.asar.unpacked'), `${name}.js`));

/** What the person gave on the command line; switches of Chromium and test tools come before `--`. */
function deskOptions(): DeskOptions {
  const separator = process.argv.indexOf('--');
  const given = separator < 0 ? [] : process.argv.slice(separator + 1);
  return readDeskOptions(given, join(app.getPath('userData'), 'desk'));
}

function quitQuestion(held: readonly HeldCall[]): Promise<QuitChoice> {
  const names = held.map(({ displayName }) => displayName).join(', ');
  const [window] = BrowserWindow.getAllWindows();
  const question = {
    type: 'warning' as const,
    message:
      held.length === 1 ? `You are on the line with ${names}.` : `You have ${held.length} calls: ${names}.`,
    detail: 'Quitting gives the call back to the AI, which goes on from what was said.',
    buttons: ['Stay', 'Hand back and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const answer = window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question);
  return answer.then(({ response }) => (response === 1 ? 'hand-back-and-quit' : 'stay'));
}

/** Gives every held call back; one that is refused has ended or is held by nobody any more. */
async function handBack(desk: Desk, held: readonly HeldCall[]): Promise<void> {
  await Promise.allSettled(
    held.map(({ callId }) =>
      desk.core.supervise({ callId, commandId: randomUUID(), verb: 'hand-back', args: { notes: '' } }),
    ),
  );
}

/** The page takes it from the desk, as it takes the one the desk was started with; a window that is opened for it asks by itself. */
async function chooseCapsule(desk: Desk, show: () => void): Promise<void> {
  const question = {
    title: 'Open capsule',
    properties: ['openFile' as const],
    filters: [{ name: 'Sidetone capsule', extensions: [CAPSULE_SUFFIX.slice(1)] }],
  };
  const [window] = BrowserWindow.getAllWindows();
  const { filePaths } = await (window
    ? dialog.showOpenDialog(window, question)
    : dialog.showOpenDialog(question));
  const [file] = filePaths;
  if (file === undefined) return;
  desk.core.capsules.openFile(file);
  show();
  desk.core.tell('capsule-waiting', {});
}

function run(options: DeskOptions): void {
  const desk = createDesk({
    options,
    host: { kind: 'electron', features: [] },
    nodeFile: bundledNode(),
    root,
    say,
    threads: { store: threadBeside('desk-store-thread'), files: threadBeside('files-thread') },
    secrets: new KeychainSecrets(join(options.data, 'secrets'), safeStorage),
  });
  const guard = new QuitGuard({
    heldCalls: () => desk.core.heldCalls(),
    ask: quitQuestion,
    handBack: held => handBack(desk, held),
    leave: () => desk.stop(),
  });
  const quit = (): void => {
    void guard.request().then(gone => {
      if (gone) app.quit();
    });
  };
  const open = (): BrowserWindow => {
    const window = openMainWindow({
      desk,
      preloadFile: preloadBeside(import.meta.dirname),
      stateFile: join(options.data, 'window.json'),
      query: options.testProbe ? 'probe=1' : '',
    });
    window.on('close', event => {
      // On a Mac the app lives on without a window; elsewhere the last window is the app, and its page holds the microphone.
      if (guard.gone || (process.platform === 'darwin' && desk.core.heldCalls().length === 0)) return;
      event.preventDefault();
      quit();
    });
    return window;
  };
  const show = (): void => {
    const window = BrowserWindow.getAllWindows()[0] ?? open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  app.on('second-instance', show);
  app.on('activate', show);
  app.on('before-quit', event => {
    if (guard.gone) return;
    event.preventDefault();
    quit();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('child-process-gone', (_event, details) =>
    desk.log.problem('a helper process of the window is gone', `${details.type}: ${details.reason}`),
  );
  process.on('uncaughtException', error => {
    desk.log.problem('the desk met an error nobody caught', error);
    dialog.showErrorBox(
      'Sidetone has to close',
      `The reason is in ${join(options.data, 'desk.log')}. Calls go on with the AI.`,
    );
    void desk.stop().finally(() => app.exit(1));
  });
  process.on('unhandledRejection', reason =>
    desk.log.problem('the desk met a rejection nobody handled', reason),
  );

  // The worker needs no window: it starts while Chromium does. A session elsewhere is in the keychain, which opens later.
  if (options.remote === null) desk.start();
  void app.whenReady().then(() => {
    if (options.remote !== null) desk.start();
    guardPermissions(session.defaultSession, options.livekitUrl);
    serveConsole(join(import.meta.dirname, '../renderer'), desk.core);
    serveConsoles({
      core: desk.core,
      route: desk.route,
      onRefused: url => desk.log.problem('a page was not connected', url),
    });
    Menu.setApplicationMenu(buildAppMenu(options.data, () => void chooseCapsule(desk, show)));
    // After sleep the socket to the worker is dead long before its silence would tell.
    powerMonitor.on('resume', () => desk.core.wokeUp());
    open();
    if (!existsSync(bundledNode())) say(`The Node that runs the worker is missing: ${bundledNode()}`);
  });
}

registerAppScheme();
try {
  const options = deskOptions();
  // Two desks on one data folder would fight for its database.
  if (options.testProbe || app.requestSingleInstanceLock()) run(options);
  else app.quit();
} catch (error) {
  const { code, message } = toErrorBody(error, 'electron');
  say(`${code}: ${message}`);
  app.exit(code === 'input.invalid' ? 2 : 1);
}
