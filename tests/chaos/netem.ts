import { spawnSync } from 'node:child_process';

/** Clients use no loopback address of their own: they need another one. All of its packets go over loopback all the same. */
const OWN_NETWORK = [
  'ip link set lo up',
  'ip link add near type veth peer name far',
  'ip addr add 10.213.0.1/24 dev near',
  'ip link set near up',
  'ip link set far up',
];

/** A shell line in a network of its own, in which `tc` has made loopback bad; nothing outside notices. */
const inNetem = (netem: string, then: string): readonly [string, readonly string[]] => [
  'unshare',
  [
    '--net',
    'sh',
    '-c',
    [...OWN_NETWORK, ...(netem === '' ? [] : [`tc qdisc add dev lo root netem ${netem}`]), then].join(' && '),
  ],
];

/** Why the kernel cannot make a network bad here, in words, or null when it can (CHA8). */
export function netemReason(): string | null {
  if (process.platform !== 'linux') return 'only Linux has tc netem';
  const [command, args] = inNetem('delay 1ms', 'true');
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return null;
  return `tc netem is missing here: ${(error?.message ?? stderr).trim().split('\n')[0] ?? 'no reason given'}`;
}

/** Why there can be no network of its own here, or null when there can. */
export function ownNetworkReason(): string | null {
  const [command, args] = inNetem('', 'true');
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? null : `no network of its own: ${(error?.message ?? stderr).trim()}`;
}

/** Runs a program of ours in such a network. @param netem what `tc` takes, or '' for a network of its own that is good */
export function runInNetem(
  netem: string,
  file: string,
  args: readonly string[],
): { readonly status: number | null; readonly said: string } {
  const [command, shell] = inNetem(netem, 'exec "$0" --no-warnings "$@"');
  const { status, stdout, stderr } = spawnSync(command, [...shell, process.execPath, file, ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}
