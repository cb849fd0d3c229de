import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';

declare global {
  interface Window {
    /** Put there by the preload script in Electron; the browser host has none and the renderer makes its own. */
    desk?: DeskBridge;
    /** Only with `?probe=1`: what the audio path measured, for tests of the whole program. */
    __sidetoneProbe?: import('./media/probe.ts').AudioProbe;
  }
}
