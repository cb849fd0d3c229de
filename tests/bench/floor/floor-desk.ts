/** The product's desk in the browser host, connected to the worker it is given instead of starting one. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserAccess } from '#electron/browser-host/access.ts';
import { startBrowserHost } from '#electron/browser-host/server.ts';
import { createDeskCore } from '#electron/core/desk-core.ts';
import { systemClock } from '#electron/core/system-clock.ts';
import { createHandlers } from '#electron/ipc/handlers.ts';
import { createRouter } from '#electron/ipc/router.ts';

const [, , url = '', bootSecret = ''] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'sidetone-bench-desk-'));
const core = createDeskCore(systemClock, join(folder, 'settings.json'), () => undefined);
const access = new BrowserAccess();
const { port } = await startBrowserHost({
  port: 0,
  access,
  core,
  route: createRouter(createHandlers(core, { kind: 'browser', features: [] }), error => console.error(error)),
  consoleFolder: join(import.meta.dirname, '../../../out/renderer'),
});
await core.workerIs({ name: 'at', url, bootSecret });
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `http://127.0.0.1:${String(port)}/?token=${access.token}` });
