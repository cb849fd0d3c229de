/**
 * `--only a,b` chooses parts; everything else goes to vitest as it is.
 * Throws on a part nobody knows: a typing error must not look like a green run.
 */
export function parseArguments(
  args: readonly string[],
  parts: readonly string[],
): { readonly only: readonly string[]; readonly runnerArgs: readonly string[] } {
  const at = args.findIndex(arg => arg === '--only' || arg.startsWith('--only='));
  if (at === -1) return { only: parts, runnerArgs: args };

  const flag = args[at] ?? '';
  const inline = flag.includes('=');
  const value = inline ? flag.slice(flag.indexOf('=') + 1) : (args[at + 1] ?? '');
  const only = value.split(',').filter(name => name !== '');
  const unknown = only.filter(name => !parts.includes(name));
  if (only.length === 0 || unknown.length > 0) {
    throw new Error(
      `--only takes ${parts.join(',')}${unknown.length > 0 ? `, not ${unknown.join(',')}` : ''}`,
    );
  }
  return { only, runnerArgs: [...args.slice(0, at), ...args.slice(at + (inline ? 1 : 2))] };
}
