import { electronRuntime } from './electron-runtime.ts';

const sayRuntime = (): void => {
  process.stdout.write(`The desktop app runs on ${electronRuntime().name}.\n`);
};
// Playwright takes the default export of a global set-up file.
export { sayRuntime as default };
