// The control API on one page: each route of the table with what it does. Over 200 lines because the table is read as a whole.
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import { join, resolve } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ChatDesk } from '#shared/adapters/chat-desk.ts';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Journal } from '#shared/adapters/journal.ts';
import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { audioDirectionSchema } from '#shared/protocol/audio-grant.ts';
import { MAX_CLIENT_FRAME_BYTES, MAX_CLIENT_MESSAGE_BYTES } from '#shared/protocol/stream.ts';
import type { CommandAnswer } from '#shared/protocol/supervision.ts';
import { sumFigures } from '#shared/projections/sum-figures.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import type { CallMetrics } from '#worker/metrics/call-metrics.ts';
import type { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import type { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import type { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import type { RecordingParts } from '#worker/media/recorder/join-job.ts';
import { OrgRetention } from '#worker/privacy/org-retention.ts';
import type { Store } from '#worker/store/store.ts';
import { serveArchiveFiles } from './archive-files.ts';
import { archiveHandlers } from './archive-handlers.ts';
import { auditHandlers, type AuditParts } from './audit-handlers.ts';
import { AccountDesk } from './account-desk.ts';
import { accountHandlers, personOf } from './account-handlers.ts';
import { AudioGrants, GRANT_TTL_MS } from './audio-grants.ts';
import { serveListener, serveMicrophone } from './audio-sockets.ts';
import { serveCallerPage, type CallerPage } from './caller-page.ts';
import { CallPlacer } from './call-placer.ts';
import { CommandDesk, type CommandDeskDeps } from './command-desk.ts';
import { DEMO_PEOPLE, LOCAL_ADMIN } from './demo-people.ts';
import { OpenCalls } from './open-calls.ts';
import { checkTicketing } from './check-ticketing.ts';
import { LiveSessions } from './live-sessions.ts';
import { mayReadMetrics } from './may-read-metrics.ts';
import { openApiDocument } from './openapi.ts';
import { ownOrgHandlers, type ShopOf } from './own-org-handlers.ts';
import { Passwords } from './passwords.ts';
import { privacyHandlers } from './privacy-desk.ts';
import { recordingAccess, type RecordingAccess } from './recording-access.ts';
import { peaksOf, recordingOf, serveRecording } from './serve-recording.ts';
import { refuse, refuseRaw, toRefusal } from './refusals.ts';
import type { Route } from './route.ts';
import { addKnowledgePartRoute, knowledgeHandlers } from './knowledge-handlers.ts';
import { policyHandlers } from './policy-handlers.ts';
import { roomGrant } from './room-grant.ts';
import { roomHandlers, type ControlRooms } from './room-handlers.ts';
import { rotateKnowledge, type RotateKnowledge } from './rotate-knowledge.ts';
import { ROUTES, type RouteName } from './routes.ts';
import { LOCAL_RECORD, type RecordFacts } from './record-facts.ts';
import { WorkerHealth } from './worker-health.ts';
import { addWebhookRoute } from './webhook-route.ts';
import { serveStream } from './stream-socket.ts';
import { signedIn } from './signed-in.ts';
import type { TeamControl } from './team-control.ts';
import { sameSecret, SessionTokens, type TokenOwner } from './tokens.ts';

export interface ControlDeps {
  readonly host: string;
  readonly port: number;
  /** Names besides those of this machine under which we are asked. */
  readonly publicNames?: readonly string[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly workerId: string;
  /** Name of what is in use when it is read. */
  readonly brain: string;
  readonly voice: string;
  readonly journal: Journal;
  readonly store: Store;
  readonly desk: CallDesk;
  /** What keeps the worker from its work, told to every desk; absent where nothing can. */
  readonly health?: WorkerHealth;
  /** Where the record goes; on this machine alone unless told. */
  readonly recordFacts?: () => RecordFacts;
  readonly media: MediaPlane;
  readonly appendToCall: CommandDeskDeps['appendToCall'];
  /** Lets one demo caller ring; absent where there is no demo. */
  readonly ringCaller: ((scenario: string | null) => CallId) | null;
  /** Absent where there are no text conversations. */
  readonly chat?: ChatDesk;
  /** The configured ticket system, for its check; absent where there is none. */
  readonly ticketing?: TicketingAdapter;
  /** The org's policy documents; absent where they are fixed. */
  readonly policies?: PolicyDesk;
  /** What signs receipts; absent where no desk sends its chain. */
  readonly audit?: AuditParts;
  /** Figures for Prometheus; absent where nothing is counted. */
  readonly metrics?: Pick<CallMetrics, 'text' | 'contentType'>;
  /** The org's documents; absent where there are none. */
  readonly knowledge?: KnowledgeDesk;
  /** Tells desks that there is something new in them. */
  readonly knowledgeWatch?: Pick<KnowledgeWatch, 'version' | 'onVersion'>;
  /** The other workers; absent where nobody is heard. */
  readonly team?: TeamControl;
  /** Reads the knowledge of an org again; absent where there is none. */
  readonly rotateKnowledge?: RotateKnowledge;
  /** The LiveKit server; absent where calls do not run in rooms. */
  readonly rooms?: ControlRooms;
  /** The built page of callers, and where they can write instead; absent where no page is served. */
  readonly callerPage?: Pick<CallerPage, 'folder' | 'textUrl'>;
  readonly bootSecret: string;
  readonly keyFile: string;
  /** Folder of the recordings. */
  readonly recordings: string;
  /** Recordings that several hosts have made; absent where no call goes on in another process. */
  readonly recordingParts?: RecordingParts;
  /** Where what the store refused is set aside; beside the recordings' folder unless told. */
  readonly refusedFile?: string;
  /** Which retention profile is in force; the usual one where an org has not chosen, unless told. */
  readonly retention?: OrgRetention;
  /** The shop of an org; absent where no shop system is known. */
  readonly shopOf?: ShopOf;
  /** More routes, for tests only. */
  readonly extend?: (server: FastifyInstance) => void;
}

export interface Control {
  readonly port: number;
  /** A session of the local admin, for scripts on this machine. */
  readonly localToken: () => Promise<string>;
  /** Desks that are connected now. */
  readonly desks: () => number;
  readonly close: () => Promise<void>;
}

/** A turn in text that takes longer is cut off, as a caller would have hung up. */
const CHAT_DEADLINE_MS = 30_000;

type Handlers = {
  readonly [
    Name in Exclude<
      RouteName,
      | 'stream'
      | 'listen'
      | 'microphone'
      | 'coach'
      | 'recording'
      | 'metrics'
      | 'livekitWebhook'
      | 'exportArchive'
      | 'capsule'
      | 'knowledgePart'
    >
  ]: (request: {
    readonly params: z.output<(typeof ROUTES)[Name]['params']>;
    readonly query: z.output<(typeof ROUTES)[Name]['query']>;
    readonly body: z.output<(typeof ROUTES)[Name]['body']>;
    readonly actor: Actor | null;
    /** The session of their account; null where they have none. */
    readonly sessionId: string | null;
    /** Where the request comes from. */
    readonly address: string;
  }) => Promise<z.input<(typeof ROUTES)[Name]['result']>>;
};

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
  const commands = new CommandDesk({ ...deps, isForeign: (...call) => openCalls.isForeign(...call) });
  const health = deps.health ?? new WorkerHealth();
  const sockets = new Map<string, number>();
  const recordings = recordingAccess({ ...deps, folder: deps.recordings });
  const handlers = handlersOf(deps, tokens, grants, openCalls, commands, recordings, accounts);
  const server = Fastify({
    logger: false,
    bodyLimit: MAX_CLIENT_MESSAGE_BYTES,
    forceCloseConnections: true,
    // A TLS proxy stands on this machine; what anybody else says about addresses is not believed.
    trustProxy: 'loopback',
    clientErrorHandler: refuseRaw,
    frameworkErrors: (error, _request, reply) => void refuse(reply, toRefusal(error)),
  });
  await server.register(fastifyWebsocket, {
    options: {
      maxPayload: MAX_CLIENT_FRAME_BYTES,
      handleProtocols: protocols => [...protocols][0] ?? false,
    },
  });

  // Only for `sendFile`, which knows ranges; no folder is served.
  await server.register(fastifyStatic, { root: resolve(deps.recordings), serve: false });

  server.setErrorHandler((error, _request, reply) => refuse(reply, toRefusal(error)));
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, appError('input.invalid', 'There is no such address. See /api/openapi.json.'), 404),
  );
  server.addHook('onRequest', async request => {
    const { host, origin } = request.headers;
    if (!isOurName(host, deps.publicNames ?? []) || !isOwnOrigin(origin, host))
      throw appError('access.denied', 'Only programs on this machine may ask.');
  });

  for (const name of Object.keys(handlers) as (keyof Handlers)[]) {
    const route: Route = ROUTES[name];
    server.route({
      method: route.method,
      url: route.path,
      ...(route.maxBodyBytes === null ? {} : { bodyLimit: route.maxBodyBytes }),
      handler: async request => {
        const { actor, sessionId } = await authorise(request, route, owners).catch(async (error: unknown) => {
          await recordDenial(deps, route, (await ownerOf(request, owners))?.actor ?? null, error);
          throw error;
        });
        const handler = handlers[name] as (input: unknown) => Promise<unknown>;
        return handler({
          params: parse(route.params, request.params),
          query: parse(route.query, request.query),
          body: parse(route.body, request.body ?? {}),
          actor,
          sessionId,
          address: request.ip,
        });
      },
    });
  }

  server.get(ROUTES.recording.path, async (request, reply) => {
    const { id } = parse(ROUTES.recording.params, request.params) as { readonly id: string };
    const callId = id as CallId;
    const actor = signedIn((await ownerOf(request, owners))?.actor ?? null);
    if (!may(actor.role, 'recording.play')) await recordings.refused(actor, callId);
    await authorise(request, ROUTES.recording, owners);
    if (!openCalls.has(callId, actor.orgId) && !(await deps.store.conversation(actor.orgId, callId)))
      throw appError('call.unknown', 'There is no such call.');
    const kept = { folder: deps.recordings, parts: deps.recordingParts };
    await recordingOf(kept, callId);
    await recordings.played(actor, callId);
    return serveRecording(reply, await recordingOf(kept, callId));
  });
  server.get(ROUTES.metrics.path, async (request, reply) => {
    const hasSession = (await ownerOf(request, owners)) !== null;
    if (!mayReadMetrics({ remoteAddress: request.ip, headers: request.headers, hasSession }))
      throw appError('access.unauthenticated', 'Figures are for this machine; elsewhere sign in first.');
    if (!deps.metrics) throw appError('input.invalid', 'This worker counts nothing.');
    return reply.type(deps.metrics.contentType).send(await deps.metrics.text());
  });
  server.get(ROUTES.stream.path, { websocket: true }, async (socket, request) => {
    const waiting: (readonly [data: Buffer, isBinary: boolean])[] = [];
    const keep = (data: Buffer, isBinary: boolean): void => void waiting.push([data, isBinary]);
    // Messages that come while the token is checked must not be lost.
    socket.on('message', keep);
    const { actor, sessionId } = (await ownerOf(request, owners)) ?? NOBODY;
    socket.off('message', keep);
    if (!actor || !may(actor.role, 'call.view')) {
      socket.close(1008, actor ? 'access.denied' : 'access.unauthenticated');
      return;
    }
    sockets.set(actor.userId, (sockets.get(actor.userId) ?? 0) + 1);
    if (sessionId !== null)
      socket.on(
        'close',
        live.follow(sessionId, () => socket.close(1008, 'access.unauthenticated')),
      );
    socket.on('close', () => {
      const left = (sockets.get(actor.userId) ?? 1) - 1;
      sockets.set(actor.userId, left);
      if (left === 0) deps.desk.gone(actor);
    });
    serveStream(socket, actor, {
      clock: deps.clock,
      desk: deps.desk,
      commands,
      feed: { ...deps, openCalls, canDial: deps.rooms?.phones !== undefined },
      health,
      ...(deps.knowledgeWatch ? { knowledge: deps.knowledgeWatch } : {}),
    });
    for (const [data, isBinary] of waiting) socket.emit('message', data, isBinary);
  });
  for (const direction of audioDirectionSchema.options) {
    server.get(ROUTES[direction].path, { websocket: true }, (socket, request) => {
      const query = ROUTES[direction].query.safeParse(request.query);
      const grant = query.success ? grants.take(query.data.grant, direction) : null;
      if (!grant) {
        socket.close(1008, 'grant.invalid');
        return;
      }
      if (direction === 'listen') serveListener(socket, grant, deps.media);
      else
        serveMicrophone(socket, grant, deps.media, (droppedFrames, malformedFrames) => {
          if (droppedFrames + malformedFrames === 0) return;
          void deps.store
            .recordAccess({
              id: deps.newId(),
              orgId: grant.actor.orgId,
              userId: grant.actor.userId,
              action: direction,
              outcome: 'frames-dropped',
              atMs: deps.clock.now(),
              payload: { callId: grant.callId, droppedFrames, malformedFrames },
            })
            .catch(() => undefined);
        });
    });
  }
  addKnowledgePartRoute(server, deps.knowledge ?? null, async request =>
    signedIn((await authorise(request, ROUTES.knowledgePart, owners)).actor),
  );
  serveArchiveFiles(server, {
    ...deps,
    authorise: async (request, route) => (await authorise(request, route, owners)).actor,
  });
  addWebhookRoute(server, {
    key: deps.rooms?.webhookKey ?? deps.rooms?.access ?? null,
    store: deps.store,
    clock: deps.clock,
  });
  if (deps.callerPage)
    serveCallerPage(server, { ...deps.callerPage, livekitUrl: deps.rooms?.access.url ?? null });
  deps.extend?.(server);

  try {
    await server.listen({ host: deps.host, port: deps.port });
  } catch (cause) {
    openCalls.close();
    await server.close();
    throw new AppError(
      {
        code: 'worker.port-taken',
        message: `Port ${String(deps.port)} is taken. Choose another with --port, or 0 for a free one.`,
        retryable: false,
        origin: 'worker',
      },
      { cause },
    );
  }
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : deps.port,
    localToken: () => tokens.mint(LOCAL_ADMIN),
    desks: () => [...sockets.values()].reduce((sum, count) => sum + count, 0),
    close: async () => {
      openCalls.close();
      await server.close();
    },
  };
}

function handlersOf(
  deps: ControlDeps,
  tokens: SessionTokens,
  grants: AudioGrants,
  openCalls: OpenCalls,
  commands: CommandDesk,
  recordings: RecordingAccess,
  accounts: AccountDesk,
): Handlers {
  const { store, journal, desk } = deps;
  const placer = new CallPlacer({
    ...deps,
    rooms: deps.rooms ?? null,
    isOpen: (callId, { orgId }) => openCalls.has(callId, orgId),
    openCalls: () => desk.openCalls().length,
  });
  const known = async (actor: Actor | null, id: string): Promise<CallId> => {
    const callId = id as CallId;
    const { orgId } = signedIn(actor);
    if (!openCalls.has(callId, orgId) && !(await store.conversation(orgId, callId)))
      throw appError('call.unknown', 'There is no such call.');
    return callId;
  };
  const running = async (actor: Actor, id: string): Promise<CallId> => {
    const callId = await known(actor, id);
    if (!desk.openCalls().includes(callId)) throw appError('call.already-ended', 'The call has ended.');
    return callId;
  };
  return {
    placeCall: async ({ body, actor }) => ({ callId: await placer.place(body, signedIn(actor)) }),
    ...accountHandlers(accounts),
    ...privacyHandlers({
      ...deps,
      refusedFile: deps.refusedFile ?? join(deps.recordings, '../refused.jsonl'),
      retention: deps.retention ?? new OrgRetention(store, 'standard'),
    }),
    ...ownOrgHandlers(store, deps.shopOf ?? (() => Promise.resolve(null))),
    ...policyHandlers(deps.policies ?? null),
    ...knowledgeHandlers(deps.knowledge ?? null, running),
    ...auditHandlers(deps),
    ...archiveHandlers(deps, known),
    ...roomHandlers({
      rooms: deps.rooms ?? null,
      openCalls,
      store,
      clock: deps.clock,
      newId: deps.newId,
      publicOrgId: LOCAL_ADMIN.orgId,
    }),
    health: () => Promise.resolve({ ok: true }),
    ready: async () => ({
      ok: (await store.head()) >= -1,
      workerId: deps.workerId,
      head: journal.head,
      brain: deps.brain,
      voice: deps.voice,
      record: deps.recordFacts?.() ?? LOCAL_RECORD,
    }),
    openapi: () => Promise.resolve(openApiDocument()),
    createSession: async ({ body, actor }) => {
      if ('bootSecret' in body) {
        if (!sameSecret(body.bootSecret, deps.bootSecret))
          throw appError(
            'access.unauthenticated',
            'The boot secret is not the one this worker was started with.',
          );
        return { token: await tokens.mint(LOCAL_ADMIN), user: personOf(LOCAL_ADMIN) };
      }
      const admin = signedIn(actor);
      if (!may(admin.role, 'session.mint'))
        throw appError('access.denied', 'Only an admin may mint a session for somebody else.');
      const person = DEMO_PEOPLE.find(
        candidate => candidate.userId === body.userId && candidate.orgId === admin.orgId,
      );
      if (!person) throw appError('input.invalid', 'There is no such person in this org.');
      return { token: await tokens.mint(person), user: personOf(person) };
    },
    currentSession: ({ actor }) => Promise.resolve(personOf(signedIn(actor))),
    people: async ({ actor }) => {
      const { orgId } = signedIn(actor);
      const accounts = (await store.accounts(orgId)).filter(({ status }) => status === 'active');
      const people = accounts.length > 0 ? accounts : DEMO_PEOPLE.filter(person => person.orgId === orgId);
      return { people: people.map(personOf) };
    },
    snapshot: ({ actor }) =>
      Promise.resolve({
        position: journal.head,
        calls: openCalls.of(signedIn(actor).orgId),
      }),
    calls: async ({ query, actor }) => ({
      calls: [...(await store.conversations(signedIn(actor).orgId, query))],
    }),
    figures: async ({ query, actor }) =>
      sumFigures(await store.figures(signedIn(actor).orgId, query), query.fromMs, query.toMs),
    callEvents: async ({ params, query, actor }) => ({
      events: [...(await journal.callEvents(await known(actor, params.id), query.afterSeq))] as never,
    }),
    brief: async ({ params, actor }) =>
      handoffBrief(foldTimeline(await journal.callEvents(await known(actor, params.id), -1))),
    conversation: async ({ params, actor }) => {
      await journal.durable(journal.head);
      const conversation = await store.conversation(signedIn(actor).orgId, params.id as CallId);
      if (!conversation) throw appError('call.unknown', 'There is no such call.');
      return { conversation, turns: [...(await store.turns(conversation.id))] };
    },
    spokenProof: async ({ params, actor }) => {
      const proof = verifySpoken(await journal.callEvents(await known(actor, params.id), -1));
      return { ...proof, faults: [...proof.faults], unfinishedChunks: [...proof.unfinishedChunks] };
    },
    verdicts: async ({ params, actor }) => ({
      verdicts: [...(await store.policyRows(await known(actor, params.id)))],
    }),
    recordingPeaks: async ({ params, query, actor }) =>
      peaksOf(
        { folder: deps.recordings, parts: deps.recordingParts },
        await known(actor, params.id),
        query.points,
      ),
    recordingHold: async ({ params, body, actor }) => {
      await recordings.hold(signedIn(actor), await known(actor, params.id), body.held, body.reason);
      return { held: body.held };
    },
    command: ({ params, body, actor }) => commands.answer({ callId: params.id, ...body }, signedIn(actor)),
    audioGrant: async ({ params, body, actor }) => {
      const person = signedIn(actor);
      const callId = await running(person, params.id);
      if (body.direction !== 'listen' && !may(person.role, 'call.barge'))
        throw appError('access.denied', 'Your role may not speak on calls.');
      const roomName = openCalls.roomOf(callId);
      if (deps.rooms && roomName !== null)
        return roomGrant(deps.rooms, {
          callId,
          roomName,
          actor: person,
          direction: body.direction,
          openCalls,
        });
      if (body.direction === 'coach' && openCalls.holderOf(callId) === null)
        throw appError('media.refused', 'Nobody on this call can be whispered to by voice.');
      return {
        via: 'worker' as const,
        grant: grants.give(person, callId, body.direction),
        expiresInMs: GRANT_TTL_MS,
      };
    },
    toolCalls: async ({ params, actor }) => {
      const callId = await known(actor, params.id);
      await journal.durable(journal.head);
      return { toolCalls: [...(await store.toolCalls(callId))] };
    },
    ticketRequests: async ({ params, actor }) => {
      const callId = await known(actor, params.id);
      await journal.durable(journal.head);
      const requests = await store.ticketRequests(signedIn(actor).orgId, callId);
      return { requests: requests.map(({ operation, ...rest }) => ({ ...rest, kind: operation.kind })) };
    },
    ticketingTest: async ({ actor }) => {
      if (!deps.ticketing) throw appError('input.invalid', 'This worker has no ticket system.');
      return checkTicketing(deps.ticketing, signedIn(actor).orgId);
    },
    chat: ({ body, actor }) => {
      if (!deps.chat)
        return Promise.reject(appError('input.invalid', 'This worker has no text conversations.'));
      return deps.chat.chat(body, signedIn(actor), AbortSignal.timeout(CHAT_DEADLINE_MS));
    },
    startSession: async ({ body, actor }) => {
      const { workerId = deps.workerId, scenario = null } = body;
      if (workerId !== deps.workerId && deps.team)
        return { callId: await deps.team.startSession(signedIn(actor).orgId, workerId, scenario) };
      // Scripted callers ring at the demo's org.
      if (!deps.ringCaller || signedIn(actor).orgId !== LOCAL_ADMIN.orgId)
        throw appError('input.invalid', 'This worker has no scripted callers.');
      return { callId: deps.ringCaller(scenario) };
    },
    rotateKnowledge: async ({ actor }) => {
      const answer = await rotateKnowledge(signedIn(actor), deps);
      deps.team?.rotateKnowledge(signedIn(actor).orgId);
      return answer;
    },
    endSession: async ({ body, actor }) => {
      const callId = body.callId as CallId;
      if (deps.team && !desk.openCalls().includes(callId)) {
        const there = await store.conversation(signedIn(actor).orgId, callId);
        if (there?.endedAtMs === null) return endElsewhere(deps.team, signedIn(actor), callId);
      }
      return commands.answer(
        { callId, commandId: deps.newId(), verb: 'end-call', args: {} },
        signedIn(actor),
      );
    },
  };
}

/** The call runs on another worker of the team, which knows more of it than this answer tells. */
async function endElsewhere(team: TeamControl, actor: Actor, callId: CallId): Promise<CommandAnswer> {
  await team.endSession(actor, callId);
  return { ok: true, value: { seq: -1, mic: 'monitor', tookMs: 0 } };
}

interface Owners {
  readonly tokens: SessionTokens;
  readonly live: LiveSessions;
}
const NOBODY = { actor: null, sessionId: null } as const;

async function authorise(
  request: FastifyRequest,
  route: Route,
  owners: Owners,
): Promise<TokenOwner | typeof NOBODY> {
  const owner = await ownerOf(request, owners);
  if (route.needs === 'public') return owner ?? NOBODY;
  const person = signedIn(owner?.actor ?? null);
  if (route.needs !== 'session' && !may(person.role, route.needs))
    throw appError('access.denied', `Your role may not do this; it needs the right ${route.needs}.`);
  return owner ?? NOBODY;
}

/** Whoever asked for what their role may not is written down (ACC10). */
async function recordDenial(
  { store, clock, newId }: ControlDeps,
  { path, needs }: Route,
  actor: Actor | null,
  error: unknown,
): Promise<void> {
  if (!actor || !AppError.is(error) || error.body.code !== 'access.denied') return;
  await store.recordAccess({
    id: newId(),
    orgId: actor.orgId,
    userId: actor.userId,
    action: needs,
    outcome: 'denied',
    atMs: clock.now(),
    payload: { path },
  });
}

/** Whose session a request brings: a bearer token, or for browsers' sockets, which cannot set headers, a subprotocol. */
async function ownerOf(request: FastifyRequest, { tokens, live }: Owners): Promise<TokenOwner | null> {
  const bearer = /^Bearer (.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
  const subprotocol = /(?:^|,\s*)sidetone\.([^,\s]+)/u.exec(
    request.headers['sec-websocket-protocol'] ?? '',
  )?.[1];
  const token = bearer ?? subprotocol;
  const owner = token === undefined ? null : await tokens.readOwner(token);
  return owner !== null && owner.sessionId !== null && live.hasEnded(owner.sessionId) ? null : owner;
}

function parse(schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw appError(
    'input.invalid',
    `${issue?.path.join('.') ?? 'The request'}: ${issue?.message ?? 'not understood'}`,
  );
}

const LOCAL_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A page of some other site must not reach the worker by a name that points here (DNS rebinding). */
function isOurName(host: string | undefined, publicNames: readonly string[]): boolean {
  const name = host?.replace(/:\d+$/u, '').toLowerCase();
  return name !== undefined && (LOCAL_NAMES.has(name) || publicNames.includes(name));
}

/** Pages of this machine, and those that we serve ourselves under the very name we are asked by. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  try {
    const { hostname, host: ofPage } = new URL(origin);
    return LOCAL_NAMES.has(hostname) || ofPage === host?.toLowerCase();
  } catch {
    return false;
  }
}
