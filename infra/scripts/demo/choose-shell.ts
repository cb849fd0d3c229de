/** What the machine offers when somebody starts the demo. */
export interface DemoMachine {
  /** The desktop app can be started: its binary is here, or was installed just now. */
  readonly hasElectron: boolean;
  /** Why it is not here, in words; empty when it is. */
  readonly whyNot: string;
  readonly hasScreen: boolean;
}

export type DemoChoice =
  | { readonly shell: 'electron' | 'browser'; readonly says: string }
  | { readonly shell: null; readonly says: string };

/** Which shell a person asked for; null leaves it to us. */
export type WantedShell = 'electron' | 'browser' | null;

/** Opens the desktop app where it can, the browser otherwise, and says which and why (SHL11). */
export function chooseShell(wanted: WantedShell, machine: DemoMachine): DemoChoice {
  if (wanted === 'browser') return { shell: 'browser', says: 'Opening in the browser, as asked.' };
  if (!machine.hasScreen && wanted === null)
    return { shell: 'browser', says: 'Opening in the browser: this machine has no screen for a window.' };
  if (machine.hasElectron) return { shell: 'electron', says: 'Opening the desktop app.' };
  return wanted === 'electron'
    ? { shell: null, says: `The desktop app cannot be opened: ${machine.whyNot}. Try without --electron.` }
    : { shell: 'browser', says: `Opening in the browser: ${machine.whyNot}.` };
}

/** Takes `--electron` and `--browser` out of the arguments; the later one wins. */
export function wantedShell(args: readonly string[]): { wanted: WantedShell; rest: string[] } {
  const last = args.findLast(arg => arg === '--electron' || arg === '--browser');
  return {
    wanted: last === '--electron' ? 'electron' : last === '--browser' ? 'browser' : null,
    rest: args.filter(arg => arg !== '--electron' && arg !== '--browser'),
  };
}
