import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';

const root = resolve(import.meta.dirname, '../..');

/** Main and preload script of the desktop app. The console is built by itself, because the browser host serves the same files. */
export default defineConfig({
  main: {
    build: {
      outDir: resolve(root, 'out/main'),
      target: 'node24.18', // Electron 45; electron-vite's own table ends before it
      sourcemap: true,
      externalizeDeps: { exclude: ['ws', 'zod'] }, // bundled: the desk starts without reading node_modules
      rolldownOptions: {
        input: {
          index: resolve(root, 'electron/main/index.ts'),
          // Threads of the desk are started by path, so they are files of their own.
          'desk-store-thread': resolve(root, 'electron/storage/desk-store/desk-store-thread.ts'),
          'files-thread': resolve(root, 'electron/storage/files/files-thread.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      target: 'node24.18',
      externalizeDeps: false, // a sandboxed preload script can require nothing but electron
      rolldownOptions: {
        input: { preload: resolve(root, 'electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
