import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/** The page from which callers speak: small, without the console's framework, served by the worker under `/call`. */
export default defineConfig({
  root: resolve(root, 'renderer/caller'),
  base: '/call/',
  publicDir: false,
  build: {
    outDir: resolve(root, 'out/caller'),
    emptyOutDir: true,
    // Browsers of callers are not ours to choose: those of the last two years.
    target: ['chrome120', 'firefox121', 'safari17'],
    // Inlined assets would be data: URLs, which the page's content security policy refuses.
    assetsInlineLimit: 0,
    // The client of rooms, which is fetched while the person reads the page.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
});
