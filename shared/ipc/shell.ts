/** The one channel of the desktop shell: the page asks for a connection and hands over the other end of a port. */
export const CONNECT_CHANNEL = 'desk.connect';

/** What the preload script posts to its page together with the page's end of the port. */
export interface PortDelivery {
  readonly sidetonePort: string;
}

/** `window.shell`, put there by the preload script: all that Electron gives the page. */
export interface ShellBridge {
  /** Opens a connection to the desk. The port arrives as a message of this window that carries `key`. */
  connect(path: string, key: string): void;
}
