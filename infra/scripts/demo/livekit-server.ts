import { buildServer } from '../../livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '../../livekit/start-server.ts';

const SWITCH = '--livekit';

/** Takes `--livekit` out of the arguments. */
export function wantedServer(args: readonly string[]): { readonly wanted: boolean; readonly rest: string[] } {
  return { wanted: args.includes(SWITCH), rest: args.filter(arg => arg !== SWITCH) };
}

export type DemoServer =
  | {
      readonly ok: true;
      /** What the desk and its worker are started with. The keys are no arguments: others could read them. */
      readonly args: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      stop(): Promise<void>;
    }
  | { readonly ok: false; readonly says: string };

/** A real LiveKit server for the demo, on this machine and with keys of its own; or why there can be none (ROOM16). */
export async function demoServer(
  build: typeof buildServer = buildServer,
  start: (file: string) => Promise<LivekitServer> = file => startLivekitServer(file, { autoCreate: false }),
): Promise<DemoServer> {
  const built = build('server');
  if (!built.ok)
    return {
      ok: false,
      says: `The demo cannot run on LiveKit here: ${built.reason}. Try without ${SWITCH}.`,
    };
  const server = await start(built.file);
  const { url, apiKey, apiSecret } = server;
  return {
    ok: true,
    args: ['--livekit-url', url],
    environment: { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
    stop: () => server.stop(),
  };
}
