import { electronRuntime } from './electron-runtime.ts';

// Playwright takes the default export of a global set-up file.
const sayRuntime = (): void => {
  console.log(`The desktop app runs on ${electronRuntime().name}.`);
};
export { sayRuntime as default };
