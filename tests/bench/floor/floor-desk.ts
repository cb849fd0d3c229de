/** The product's desk in the browser host, connected to the worker it is given instead of starting one. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BrowserAccess } from '#electron/browser-host/access.ts';
import { startBrowserHost } from '#electron/browser-host/server.ts';
import { createDeskCore } from '#electron/core/desk-core.ts';
import { DeskData } from '#electron/core/desk-data.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { createHandlers } from '#electron/ipc/handlers.ts';
import { createRouter } from '#electron/ipc/router.ts';
import { openDeskStore } from '#electron/storage/desk-store/desk-store.ts';
import { DeskFiles } from '#electron/storage/files/desk-files.ts';

const [, , url = '', bootSecret = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-desk-'));
const core = createDeskCore(systemClock, join(folder, 'settings.json'), () => undefined);
const storage = join(import.meta.dirname, '../../../electron/storage');
const data = new DeskData({
  core,
  clock: systemClock,
  store: openDeskStore(pathToFileURL(join(storage, 'desk-store/desk-store-thread.ts')), {
    folder: join(folder, 'desk-store'),
  }),
  files: new DeskFiles(pathToFileURL(join(storage, 'files/files-thread.ts'))),
  onBug: error => console.error(error),
});
data.start();
const access = new BrowserAccess();
const { port } = await startBrowserHost({
  port: 0,
  access,
  core,
  route: createRouter(createHandlers(core, { kind: 'browser', features: [] }, data), error =>
    console.error(error),
  ),
  consoleFolder: join(import.meta.dirname, '../../../out/renderer'),
});
await core.workerIs({ name: 'at', url, bootSecret });
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `http://127.0.0.1:${String(port)}/?token=${access.token}` });
