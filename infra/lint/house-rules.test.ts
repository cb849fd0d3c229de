import { importZones } from './import-zones.ts';
import { noRawIpc } from './no-raw-ipc.ts';
import { noSelectStar } from './no-select-star.ts';
import { ruleTester } from './rule-tester.ts';
import { staticLogMessage } from './static-log-message.ts';
import { unitInName } from './unit-in-name.ts';

const errors = (messageId: string, count = 1) => Array.from({ length: count }, () => ({ messageId }));

ruleTester.run('import-zones', importZones, {
  valid: [
    { filename: 'worker/turns/a.ts', code: "import { b } from '#shared/domain/b.ts';" },
    { filename: 'worker/turns/a.ts', code: 'export const a = 1;' },
  ],
  invalid: [
    {
      filename: 'renderer/components/Row.tsx',
      code: "import { useBoard } from '../stores/board.ts'; export * from '../bridge/desk.ts';",
      errors: errors('zone', 2),
    },
    { filename: 'worker/turns/a.ts', code: "import type { B } from 'electron';", errors: errors('zone') },
    {
      filename: 'worker/turns/a.ts',
      code: "const b = await import('#electron/core/b.ts');",
      errors: errors('zone'),
    },
    {
      filename: 'shared/base/a.ts',
      code: "export { b } from '#shared/events/b.ts';",
      errors: errors('zone'),
    },
  ],
});

ruleTester.run('no-raw-ipc', noRawIpc, {
  valid: [
    {
      filename: 'electron/main/ipc-transport.ts',
      code: "ipcMain.handle('run', answer); webContents.send('x');",
    },
    { filename: 'electron/preload/bridge.ts', code: "ipcRenderer.invoke('run');" },
    { filename: 'electron/ipc/router.ts', code: "socket.send('x');" },
  ],
  invalid: [
    { filename: 'electron/main/window.ts', code: "ipcMain.on('x', f);", errors: errors('raw') },
    { filename: 'electron/main/window.ts', code: "win.webContents.send('x');", errors: errors('raw') },
    { filename: 'electron/main/window.ts', code: "webContents.postMessage('x', 1);", errors: errors('raw') },
    { filename: 'renderer/bridge/desk.ts', code: "ipcRenderer.send('x');", errors: errors('raw') },
  ],
});

ruleTester.run('unit-in-name', unitInName, {
  valid: [
    'interface A { timeoutMs: number; latencySamples: number; delay: Delay }',
    'const s = z.object({ durationS: z.number(), delay: z.string() });',
    'await page.click(button, { timeout: 500 });',
    'const interval = setInterval(tick, 5); function f(delay: Delay) {}',
  ],
  invalid: [
    { code: 'interface A { timeout: number }', errors: errors('bare') },
    { code: 'interface A { readonly retryDelay?: number }', errors: errors('bare') },
    { code: 'class A { #x = 1; pollInterval = 500; latency: number = 0 }', errors: errors('bare', 2) },
    { code: 'const s = z.object({ duration: z.number().int().optional() });', errors: errors('bare') },
    { code: 'const s = z.object({ delay: z.int() });', errors: errors('bare') },
    { code: 'function wait(delay: number) {}', errors: errors('bare') },
    { code: 'const CONNECT_TIMEOUT = 5_000;', errors: errors('bare') },
  ],
});

ruleTester.run('static-log-message', staticLogMessage, {
  valid: [
    "log.info({ callId }, 'Call connected');",
    'this.#log.warn(`no values here`);',
    "log.error({ text: `${a}` }, 'Failed'); say(`${a}`); Math.log(`${a}`); log.info('one ' + 'two');",
  ],
  invalid: [
    { code: 'log.info(`Call ${id}`);', errors: errors('values') },
    { code: 'this.#log.warn({ id }, `Call ${id}`);', errors: errors('values') },
    { code: 'this.logger.error(`Call ${id}`);', errors: errors('values') },
    { code: "hostLogger.debug('Call ' + id);", errors: errors('values') },
  ],
});

ruleTester.run('no-select-star', noSelectStar, {
  valid: [
    "db.prepare('SELECT id, seq FROM call_events');",
    "db.prepare('SELECT count(*) FROM call_events');",
  ],
  invalid: [
    { code: "db.prepare('SELECT * FROM call_events');", errors: errors('star') },
    { code: 'db.prepare(`select e.*\n from call_events e where id = ${id}`);', errors: errors('star') },
  ],
});
