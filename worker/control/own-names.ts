const LOCAL_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A page of some other site must not reach the worker by a name that points here (DNS rebinding). */
export function isOurName(host: string | undefined, publicNames: readonly string[]): boolean {
  const name = host?.replace(/:\d+$/u, '').toLowerCase();
  return name !== undefined && (LOCAL_NAMES.has(name) || publicNames.includes(name));
}

/** Pages of this machine, and those that we serve ourselves under the very name we are asked by. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  try {
    const { hostname, host: ofPage } = new URL(origin);
    return LOCAL_NAMES.has(hostname) || ofPage === host?.toLowerCase();
  } catch {
    return false;
  }
}
