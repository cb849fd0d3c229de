import { join } from 'node:path';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { readDeskOptions } from '#electron/desk/desk-options.ts';
import { createDesk } from '#electron/desk/create-desk.ts';
import { BrowserAccess } from './access.ts';
import { openBrowser } from './open-browser.ts';
import { startBrowserHost } from './server.ts';

const root = join(import.meta.dirname, '../..');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const options = readDeskOptions(process.argv.slice(2));
  const desk = createDesk({
    options,
    host: { kind: 'browser', features: [] },
    nodeFile: process.execPath,
    root,
    say,
    threads: {
      store: new URL('../storage/desk-store/desk-store-thread.ts', import.meta.url),
      files: new URL('../storage/files/files-thread.ts', import.meta.url),
    },
  });
  // The worker needs longest and nothing of what follows.
  desk.start();
  const access = new BrowserAccess();
  const { server, port } = await startBrowserHost({
    port: options.port,
    access,
    core: desk.core,
    route: desk.route,
    consoleFolder: join(root, 'out/renderer'),
  }).catch(async (error: unknown) => {
    await desk.stop();
    throw error;
  });
  const url = `http://127.0.0.1:${String(port)}/?token=${access.token}`;
  process.stdout.write(`Sidetone is open at ${url}\n`);
  if (options.openBrowser) openBrowser(url);

  const quit = async (): Promise<void> => {
    await desk.stop();
    await server.close();
    process.exit(0);
  };
  process.once('SIGINT', () => void quit());
  process.once('SIGTERM', () => void quit());
} catch (error) {
  const { code, message } = toErrorBody(error, 'electron');
  say(`${code}: ${message}`);
  process.exit(code === 'input.invalid' ? 2 : 1);
}
