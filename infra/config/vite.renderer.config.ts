import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../..');

export default defineConfig({
  root: resolve(root, 'renderer'),
  // Relative, so that the same files work under http://127.0.0.1:PORT/ and under the app's own scheme.
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: resolve(root, 'out/renderer'),
    emptyOutDir: true,
    target: 'chrome156', // the engine of the Electron we pin
    sourcemap: true,
    // Inlined assets would be data: URLs, which the console's content security policy refuses.
    assetsInlineLimit: 0,
  },
});
