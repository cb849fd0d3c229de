import type { FastifyInstance } from 'fastify';
import { AppError } from '#shared/errors/app-error.ts';
import { AccountDesk } from './account-desk.ts';
import { apiServer } from './api-server.ts';
import { AudioGrants } from './audio-grants.ts';
import type { Owners } from './authorise.ts';
import { serveCallerPage } from './caller-page.ts';
import { CommandDesk } from './command-desk.ts';
import type { ControlDeps } from './control-deps.ts';
import { controlHandlers } from './control-handlers.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import { knownCalls } from './known-calls.ts';
import { LiveSessions } from './live-sessions.ts';
import { OpenCalls } from './open-calls.ts';
import { Passwords } from './passwords.ts';
import { recordingAccess } from './recording-access.ts';
import { serveFiles } from './serve-files.ts';
import { serveHandlers } from './serve-handlers.ts';
import { serveAudio, serveStreams } from './serve-sockets.ts';
import { SessionTokens } from './tokens.ts';
import { addWebhookRoute } from './webhook-route.ts';
import { WorkerHealth } from './worker-health.ts';

export type { ControlDeps } from './control-deps.ts';

export interface Control {
  readonly port: number;
  /** A session of the local admin, for scripts on this machine. */
  readonly localToken: () => Promise<string>;
  /** Desks that are connected now. */
  readonly desks: () => number;
  readonly close: () => Promise<void>;
}

/** Starts the control API. Rejects with `worker.port-taken`. */
export async function startControl(deps: ControlDeps): Promise<Control> {
  const tokens = new SessionTokens(deps.keyFile, () => deps.clock.now());
  const live = new LiveSessions(deps.store, deps.clock);
  const accounts = new AccountDesk({
    book: deps.store,
    recordAccess: row => deps.store.recordAccess(row),
    tokens,
    live,
    passwords: new Passwords(),
    clock: deps.clock,
    newId: deps.newId,
    publicOrgId: LOCAL_ADMIN.orgId,
  });
  const owners: Owners = { tokens, live };
  const grants = new AudioGrants(deps.clock);
  const openCalls = new OpenCalls(deps.journal, deps.clock);
  const calls = knownCalls(deps.store, openCalls, deps.desk);
  const commands = new CommandDesk({ ...deps, isForeign: (...call) => openCalls.isForeign(...call) });
  const health = deps.health ?? new WorkerHealth();
  const access = recordingAccess({ ...deps, folder: deps.recordings });
  const server = await apiServer(deps);
  serveHandlers(
    server,
    controlHandlers(deps, { tokens, grants, openCalls, calls, commands, access, accounts }),
    owners,
    deps,
  );
  serveFiles(server, deps, { owners, calls, access });
  const desks = serveStreams(server, deps, { owners, openCalls, commands, health });
  serveAudio(server, deps, grants);
  addWebhookRoute(server, {
    key: deps.rooms?.webhookKey ?? deps.rooms?.access ?? null,
    store: deps.store,
    clock: deps.clock,
  });
  if (deps.callerPage)
    serveCallerPage(server, { ...deps.callerPage, livekitUrl: deps.rooms?.access.url ?? null });
  deps.extend?.(server);

  const close = async (): Promise<void> => {
    openCalls.close();
    await server.close();
  };
  return {
    port: await listen(server, deps).catch(async (error: unknown) => {
      await close();
      throw error;
    }),
    localToken: () => tokens.mint(LOCAL_ADMIN),
    desks,
    close,
  };
}

/** Rejects with `worker.port-taken`. */
async function listen(
  server: FastifyInstance,
  { host, port }: Pick<ControlDeps, 'host' | 'port'>,
): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new AppError(
      {
        code: 'worker.port-taken',
        message: `Port ${String(port)} is taken. Choose another with --port, or 0 for a free one.`,
        retryable: false,
        origin: 'worker',
      },
      { cause },
    );
  }
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
