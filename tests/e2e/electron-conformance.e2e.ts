import { join } from 'node:path';
import { globSync, readFileSync } from 'node:fs';
import { _electron, expect, test, type ElectronApplication, type Page } from '@playwright/test';
import { chromiumLaunch } from '#infra/config/chromium-launch.ts';
import { useElectronRuntime } from './electron-runtime.ts';

/** Written against what Electron documents; runs on whichever runtime is there. */

const root = join(import.meta.dirname, '../..');

interface Fixture {
  readonly canReadFiles: boolean;
  invoke(name: string, ...args: unknown[]): Promise<unknown>;
  port(key: string): void;
}
interface Conformance {
  order: string[];
  asked: unknown[];
  ports: string[];
  holdQuit?: boolean;
  channel(): Promise<unknown>;
}

let app: ElectronApplication;
let page: Page;

test.beforeAll(async () => {
  useElectronRuntime();
  app = await _electron.launch({
    args: [join(import.meta.dirname, '../fixtures/electron-app'), ...(chromiumLaunch().args ?? [])],
  });
  page = await app.firstWindow();
  await expect(page).toHaveTitle('Conformance');
});
test.afterAll(async () => {
  await app.close();
});

const seen = (): Promise<Omit<Conformance, 'channel'>> =>
  app.evaluate(() => {
    const { order, asked, ports } = (globalThis as unknown as { conformance: Conformance }).conformance;
    return { order, asked, ports };
  });

const holdQuit = (hold: boolean): Promise<void> =>
  app.evaluate((_electron, given) => {
    (globalThis as unknown as { conformance: Conformance }).conformance.holdQuit = given;
  }, hold);

test('[SHL10] a page of an own scheme is a secure origin with its policy enforced', async () => {
  const found = await page.evaluate(async () => ({
    secure: window.isSecureContext,
    fetched: await fetch('./other').then(
      answer => answer.status,
      () => 'refused',
    ),
  }));
  expect(found).toEqual({ secure: true, fetched: 'refused' });
});

test('[SHL10] the page sees what was exposed, and neither Node nor ipcRenderer; a sandboxed preload has no files', async () => {
  const found = await page.evaluate(() => ({
    exposed: Object.keys((window as unknown as { fixture: object }).fixture).sort(),
    leaks: ['require', 'process', 'ipcRenderer', 'module'].filter(name => name in window),
    canReadFiles: (window as unknown as { fixture: Fixture }).fixture.canReadFiles,
    frozen: Object.isFrozen((window as unknown as { fixture: object }).fixture),
  }));
  expect(found).toEqual({
    exposed: ['canReadFiles', 'invoke', 'port'],
    leaks: [],
    canReadFiles: false,
    frozen: true,
  });
});

test('[SHL10] invoke answers, and a handler’s error arrives with its message', async () => {
  const answers = await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: Fixture };
    const message = (error: unknown): string => (error as Error).message;
    return {
      sum: await fixture.invoke('add', 2, 3),
      failed: await fixture.invoke('fail').catch(message),
      unknown: await fixture.invoke('nothing').catch(message),
    };
  });
  expect(answers.sum).toBe(5);
  expect(answers.failed).toBe("Error invoking remote method 'fail': RangeError: too much");
  expect(answers.unknown).toContain("No handler registered for 'nothing'");
});

test('[SHL10] a port goes from the page to the main process, carries binary data, and ends with its page', async () => {
  const answer = await page.evaluate(
    () =>
      new Promise<{ echo: Uint8Array; from: string }>(resolve => {
        window.addEventListener('message', ({ data, ports }: MessageEvent<{ key?: string }>) => {
          if (data.key !== 'mine') return;
          const [port] = ports;
          if (!port) return;
          port.onmessage = (event: MessageEvent<{ echo: Uint8Array; from: string }>) => {
            resolve(event.data);
          };
          port.postMessage(new Uint8Array([1, 2, 255]));
        });
        (window as unknown as { fixture: Fixture }).fixture.port('mine');
      }),
  );
  expect(Object.values(answer.echo)).toEqual([1, 2, 255]);
  expect(answer.from).toBe('fixture://host/index.html');
  const loaded = page.waitForEvent('load');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.reload());
  await expect.poll(async () => (await seen()).ports).toEqual(['closed']);
  // What follows asks the page that comes back.
  await loaded;
});

test('[SHL10] ports of the main process copy what they carry', async () => {
  const data = await app.evaluate(() =>
    (globalThis as unknown as { conformance: Conformance }).conformance.channel(),
  );
  expect(data).toMatchObject({ list: [1, expect.anything()] });
});

test('[SHL10] the permission handler is asked and obeyed', async () => {
  const names = await page.evaluate(async () => {
    const ask = (constraints: MediaStreamConstraints): Promise<string> =>
      navigator.mediaDevices.getUserMedia(constraints).then(
        () => 'given',
        (error: unknown) => (error as Error).name,
      );
    return [await ask({ audio: true }), await ask({ video: true })];
  });
  expect(names).toEqual(['given', 'NotAllowedError']);
  expect((await seen()).asked).toEqual([
    ['media', ['audio']],
    ['media', ['video']],
  ]);
});

test('[SHL10] denied windows and prevented navigations leave everything as it was', async () => {
  const opened = await page.evaluate(() => {
    const result = window.open('https://example.com/');
    window.location.href = 'https://example.com/';
    return result;
  });
  expect(opened).toBeNull();
  await page.waitForTimeout(200);
  expect(await page.title()).toBe('Conformance');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('[SHL10] a crash of the page is told and a reload brings it back', async () => {
  const reason = await app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<string>(resolve => {
        const [window] = BrowserWindow.getAllWindows();
        window?.webContents.once('render-process-gone', (_event, details) => {
          window.webContents.once('did-finish-load', () => resolve(details.reason));
          window.reload();
        });
        window?.webContents.forcefullyCrashRenderer();
      }),
  );
  expect(['crashed', 'killed']).toContain(reason);
});

test('[SHL10] a prevented quit does not quit; an allowed one goes through its events in order', async () => {
  await holdQuit(true);
  await app.evaluate(({ app: electron }) => electron.quit());
  expect((await seen()).order).toEqual(['ready', 'before-quit']);
  await holdQuit(false);
});

test('[SHL10] the stand-in has every name of Electron that the app imports', () => {
  const standIn = readFileSync(join(import.meta.dirname, '../electron-standin/electron.mjs'), 'utf8');
  const has = new Set(standIn.match(/\b[A-Za-z]+\b/gu));
  const used = globSync(['electron/main/**/*.ts', 'electron/preload/**/*.ts'], { cwd: root })
    .filter(file => !file.endsWith('.test.ts'))
    .flatMap(file => [
      ...readFileSync(join(root, file), 'utf8').matchAll(/import \{([^}]+)\} from 'electron'/gu),
    ])
    .flatMap(([, names = '']) => names.split(','))
    .map(name => name.trim())
    .filter(name => name !== '' && !name.startsWith('type '));
  expect(used.length).toBeGreaterThan(8);
  const renderer = new Set(['contextBridge', 'ipcRenderer']);
  expect(used.filter(name => !has.has(name) && !renderer.has(name))).toEqual([]);
});
