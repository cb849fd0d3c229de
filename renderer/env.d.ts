import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { ShellBridge } from '#shared/ipc/shell.ts';

declare global {
  interface Window {
    /** Put there by the preload script of the desktop app; a browser has none. */
    shell?: ShellBridge;
    /** A desk of its own, for pages that show fixtures. */
    desk?: DeskBridge;
    /** Only with `?probe=1`: what the audio path measured, for tests of the whole program. */
    __sidetoneProbe?: import('./media/probe.ts').AudioProbe;
  }
}
