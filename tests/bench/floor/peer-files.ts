import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type Rollup } from 'vite';

/** Builds the peers' page as the console is built, in memory. @returns its files by path */
export async function peerFiles(): Promise<Record<string, string>> {
  const result = await build({
    configFile: false,
    root: join(import.meta.dirname, 'peers'),
    base: './',
    logLevel: 'error',
    plugins: [react()],
    build: { write: false, target: 'chrome156' },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rollup.RollupOutput;
  return Object.fromEntries(
    output.map(file => [
      file.fileName === 'index.html' ? '/' : `/${file.fileName}`,
      file.type === 'chunk' ? file.code : String(file.source),
    ]),
  );
}
