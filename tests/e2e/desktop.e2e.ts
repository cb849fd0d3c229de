import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type ElectronApplication } from '@playwright/test';
import Database from 'better-sqlite3';
import { callOf, openCall, workerPidOf } from './console-host.ts';
import { openDesktop, test, type OpenedConsole } from './console-test.ts';

test.describe.configure({ mode: 'serial', timeout: 120_000 });

let desktop: OpenedConsole & { readonly app: ElectronApplication };

test.beforeAll(async () => {
  desktop = await openDesktop(['--seed', '7', '--calls-min', '5', '--calls-max', '8']);
});
test.afterAll(async () => {
  await desktop.stop().catch(() => undefined);
});

/** Answers the next question of the app with the button of that number, and tells what was asked. */
async function answerDialogs(app: ElectronApplication, response: number): Promise<() => Promise<string[]>> {
  await app.evaluate(({ dialog }, given) => {
    const asked: string[] = [];
    Object.assign(globalThis, { askedInTest: asked });
    dialog.showMessageBox = (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return Promise.resolve({ response: given, checkboxChecked: false });
    };
  }, response);
  return () => app.evaluate(() => (globalThis as unknown as { askedInTest: string[] }).askedInTest);
}

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('[SHL1][SEC34] the window shows the console on real calls, and its page has no Node and no Electron', async () => {
  const { page } = desktop;
  await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
  await expect(page.getByText('Connected')).toBeVisible({ timeout: 15_000 });
  await callOf(desktop, 'Chiara Conti');
  const reach = await page.evaluate(() => ({
    shell: Object.keys((window as unknown as { shell: object }).shell),
    node: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter(
      name => name in window,
    ),
  }));
  expect(reach).toEqual({ shell: ['connect'], node: [] });
});

test('[SEC31] every answer of the app’s scheme has the policy, which the page cannot break', async () => {
  const { page } = desktop;
  const answer = await page.evaluate(async () => {
    const own = await fetch('./index.html');
    const outside = await fetch('./..%2f..%2fpackage.json');
    return { policy: own.headers.get('content-security-policy'), outside: outside.status };
  });
  expect(answer.policy).toContain("default-src 'none'");
  expect(answer.outside).toBe(404);
  const inline = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.__broken = true';
    document.head.append(script);
    return '__broken' in window;
  });
  expect(inline).toBe(false);
});

test('[SEC32] a camera is refused, the microphone is not', async () => {
  const { page } = desktop;
  const asked = await page.evaluate(async () => {
    const ask = (constraints: MediaStreamConstraints): Promise<string> =>
      navigator.mediaDevices.getUserMedia(constraints).then(
        stream => {
          for (const track of stream.getTracks()) track.stop();
          return 'given';
        },
        (error: unknown) => (error as Error).name,
      );
    return { audio: await ask({ audio: true }), video: await ask({ video: true }) };
  });
  expect(asked).toEqual({ audio: 'given', video: 'NotAllowedError' });
});

test('[SEC33] the page goes nowhere; a link to the web opens outside', async () => {
  const { app, page } = desktop;
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { openedInTest: opened });
    shell.openExternal = url => (opened.push(url), Promise.resolve());
  });
  await page.evaluate(() => {
    window.open('https://example.com/help');
    window.open('file:///etc/passwd');
    window.location.href = 'https://example.com/away';
  });
  await expect
    .poll(() => app.evaluate(() => (globalThis as unknown as { openedInTest: string[] }).openedInTest))
    .toEqual(['https://example.com/help']);
  await expect(page.getByRole('heading', { name: 'Floor' })).toBeVisible();
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('[SHL2] a second start shows the window that is there', async () => {
  const { app } = desktop;
  const shown = await app.evaluate(({ app: electron, BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.minimize();
    electron.emit('second-instance', {}, [], '', undefined);
    return { windows: BrowserWindow.getAllWindows().length, minimized: window?.isMinimized() };
  });
  expect(shown).toEqual({ windows: 1, minimized: false });
});

test('[SHL5] a crashed page is loaded again and the calls have gone on', async () => {
  const { app, page } = desktop;
  const callId = await callOf(desktop, 'Chiara Conti');
  const reloaded = app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>(resolve =>
        BrowserWindow.getAllWindows()[0]?.webContents.once('did-finish-load', () => resolve()),
      ),
  );
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  await reloaded;
  const title = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.title'),
  );
  expect(title).toBe('Sidetone');
  expect(await callOf(desktop, 'Chiara Conti')).toBe(callId);
  await page.close().catch(() => undefined);
});

test('[SHL4][SHL6] quitting in a takeover asks; staying stays; handing back ends the worker in order', async () => {
  await desktop.stop();
  const data = mkdtempSync(join(tmpdir(), 'sidetone-quit-'));
  desktop = await openDesktop(['--seed', '7', '--calls-min', '5', '--calls-max', '8'], { data });
  const { app, page } = desktop;
  const pid = await workerPidOf(desktop);
  await callOf(desktop, 'Chiara Conti');
  await openCall(page, 'Chiara Conti');
  await page.keyboard.press('4');
  await expect(page.getByText('You are on the line')).toBeVisible();
  const asked = await answerDialogs(app, 0);
  await app.evaluate(({ app: electron }) => electron.quit());
  await expect.poll(asked).toEqual(['You are on the line with Chiara Conti.']);
  await expect(page.getByText('You are on the line')).toBeVisible();
  expect(lives(pid)).toBe(true);

  await answerDialogs(app, 1);
  const gone = new Promise(resolve => app.process().once('exit', resolve));
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined);
  await gone;
  expect(lives(pid)).toBe(false);

  expect(storedTypes(data, 'Chiara Conti')).toEqual(
    expect.arrayContaining(['takeover.live', 'takeover.ended', 'call.ended']),
  );
  rmSync(data, { recursive: true, force: true });
});

/** Types of the events of one caller's calls, in order, as they were stored. */
function storedTypes(data: string, displayName: string): string[] {
  const database = new Database(join(data, 'worker.sqlite'), { readonly: true });
  const rows = database
    .prepare(
      'SELECT event_type AS type FROM call_events JOIN conversations ON conversations.id = conversation_id WHERE display_name = ? ORDER BY position',
    )
    .all(displayName) as { type: string }[];
  database.close();
  return rows.map(({ type }) => type);
}
