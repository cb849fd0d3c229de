import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { sipConfig, type SipSettings } from './sip-config.ts';

const READY_LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 50;
const STOP_LIMIT_MS = 5000;

export type FoundSip =
  { readonly ok: true; readonly file: string } | { readonly ok: false; readonly reason: string };

/** The livekit-sip that `LIVEKIT_SIP_BIN` names, or the one on the path; there is no binary of it to fetch (LK7). */
export function findLivekitSip(environment: Readonly<Record<string, string | undefined>>): FoundSip {
  const named = environment['LIVEKIT_SIP_BIN'] ?? '';
  const file = named === '' ? 'livekit-sip' : named;
  if (!spawnSync(file, ['--version'], { encoding: 'utf8' }).error) return { ok: true, file };
  const reason =
    named === ''
      ? 'livekit-sip is missing here: it is not on the PATH, and LIVEKIT_SIP_BIN names none'
      : `LIVEKIT_SIP_BIN names no program: ${named}`;
  return { ok: false, reason };
}

export interface LivekitSip {
  readonly sipPort: number;
  /** Asks it to end; it hangs up what runs. */
  stop(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
}

/** Starts livekit-sip on loopback. Rejects with what it wrote when it does not come up (LK8). */
export async function startLivekitSip(file: string, settings: SipSettings): Promise<LivekitSip> {
  // Not as an argument: other users of the machine could read the keys.
  const env = { ...process.env, SIP_CONFIG_BODY: sipConfig(settings) };
  const child = spawn(file, [], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4000)));
  const gone = once(child, 'close');
  child.on('error', error => (said += error.message));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isGone()) return;
    child.kill(signal);
    const stuck = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(stuck);
  };
  const health = `http://127.0.0.1:${String(settings.healthPort)}/`;
  for (const giveUpAt = Date.now() + READY_LIMIT_MS; !(await answers(health));) {
    if (isGone() || Date.now() > giveUpAt) {
      await end('SIGKILL');
      throw new Error(`livekit-sip did not come up: ${said.trim()}`);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  // SIGTERM lets calls go on until they end; SIGINT hangs up (measured).
  return { sipPort: settings.sipPort, stop: () => end('SIGINT'), kill: () => end('SIGKILL') };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    answer => answer.ok,
    () => false,
  );
