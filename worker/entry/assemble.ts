import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { retentionOf } from '#shared/domain/retention.ts';
import { steadyClock } from '#shared/domain/steady-clock.ts';
import type { WebhookKey } from '#worker/control/read-webhook.ts';
import type { ControlRooms } from '#worker/control/room-handlers.ts';
import type { RecordFacts } from '#worker/control/record-facts.ts';
import { TeamControl } from '#worker/control/team-control.ts';
import type { WorkerHealth } from '#worker/control/worker-health.ts';
import { CallHost } from '#worker/host/call-host.ts';
import { TextDesk } from '#worker/host/text-desk.ts';
import type { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import type { KnowledgeShelf, RotationAnswer } from '#worker/knowledge/knowledge-shelf.ts';
import type { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import { DialPermits } from '#worker/livekit/dial-permits.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import type { RecordingParts } from '#worker/media/recorder/join-job.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';
import { OrgRetention } from '#worker/privacy/org-retention.ts';
import { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import type { StoreJournal } from '#worker/store/store-journal.ts';
import { StoreLeaseBook } from '#worker/store/store-lease-book.ts';
import type { Store } from '#worker/store/store.ts';
import { loadClips } from '#worker/telephony/stub/clips.ts';
import { loadScenarios } from '#worker/telephony/stub/load-scenarios.ts';
import { enterAsCaller } from '#worker/telephony/stub/room-caller.ts';
import { RoomCallers } from '#worker/telephony/stub/room-callers.ts';
import { provisionSip, readSipConfig, type ProvisionedSip } from '#worker/telephony/livekit/provision-sip.ts';
import { sipServerAt } from '#worker/telephony/livekit/sip-server.ts';
import { StubTelephonyAdapter } from '#worker/telephony/stub/stub-telephony-adapter.ts';
import { feedOutbox } from '#worker/ticketing/feed-outbox.ts';
import { loadTicketing } from '#worker/ticketing/load-ticketing.ts';
import { TicketOutbox } from '#worker/ticketing/ticket-outbox.ts';
import { assembleMind } from './assemble-mind.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import { startFleetCalls, type FleetCalls, type RunningCalls } from './fleet-calls.ts';
import { joinRecordings } from './join-recordings.ts';
import { keepRecordings, keepWords } from './keep-recordings.ts';
import { knowledgeDocuments } from './knowledge-documents.ts';
import { openKnowledgeDesk } from './open-knowledge-desk.ts';
import { lineClips, livekitAccess, openLivekitLine, type LivekitLine } from './livekit-line.ts';
import type { Logger } from './log.ts';
import { openPolicyDocuments, recordPolicies } from './open-policy-documents.ts';
import { openRecord } from './open-record.ts';
import { closeOpenCalls, makeDataFolder, openJournal } from './open-store.ts';
import { RESOURCES } from './resources.ts';
import { planeOfRooms } from './room-plane.ts';
import { localFigures } from './local-figures.ts';
import { answerSources, newId, recordingsFolder, sessionParts } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

export interface Worker {
  readonly workerId: string;
  readonly store: Store;
  readonly recordFacts: () => RecordFacts;
  readonly journal: StoreJournal;
  readonly leases: StoreLeaseBook;
  readonly retention: OrgRetention;
  readonly recordingParts: RecordingParts;
  readonly media: LoopbackMediaPlane;
  /** The calls, in this process or in those of the hosts. */
  readonly host: RunningCalls;
  /** How the processes are that carry calls. */
  readonly hosts: FleetCalls['hosts'];
  readonly texts: TextDesk;
  readonly ticketing: TicketingAdapter;
  readonly policies: PolicyDesk;
  /** The demo's callers. */
  readonly callers: StubTelephonyAdapter;
  /** The LiveKit server; absent where calls do not run in rooms. */
  readonly rooms?: ControlRooms;
  readonly brain: ReplyModel;
  readonly voice: VoiceEngine;
  readonly rotateKnowledge: KnowledgeShelf['rotate'];
  readonly knowledge: KnowledgeDesk;
  readonly knowledgeWatch: KnowledgeWatch;
  readonly team: TeamControl;
  readonly stop: () => Promise<void>;
}

export interface AssembleOptions {
  readonly config: WorkerConfig;
  readonly log: Logger;
  /** Is told when nothing can be recorded, and when it is over. */
  readonly health: WorkerHealth;
  readonly onCallEnded: (callId: CallId) => void;
  /** Nothing can be recorded any more, so nothing more can be said: the process has to end (AUD14). */
  readonly onStoreLost: () => void;
  readonly onLine?: CallSessionDeps['onLine'];
}

/** Makes every part of a one-process worker and connects them. Rejects with `storage.*` or `voice.failed`. */
export async function assembleWorker(options: AssembleOptions): Promise<Worker> {
  const { config, log, health, onCallEnded, onStoreLost, onLine } = options;
  const clock = systemClock;
  const {
    store,
    facts: recordFacts,
    vectors,
    channel,
  } = await openRecord({
    folder: makeDataFolder(config.data),
    databaseUrl: process.env['DATABASE_URL'] ?? null,
    clock,
    log,
    health,
    onLost: onStoreLost,
  });
  const documents = knowledgeDocuments(config, store, log);
  // Before the hosts: they have what is kept on this machine.
  await documents.get(DEMO_ORG_ID)?.();
  const journal = await openJournal(config.data, store, log, health);
  const retention = new OrgRetention(store, config['recording-profile']);
  const leases = new StoreLeaseBook(store, steadyClock(clock));
  const media = new LoopbackMediaPlane();
  const callers = scriptedCallers(config);
  const access = livekitAccess(config, process.env);
  const phones = access && (await phonesOf(config, access, log));
  const permits = new DialPermits();
  // Hosts of an earlier life have left spools: what stands in them comes before the end of their calls.
  const fleet =
    access && config.hosts > 0
      ? await startFleetCalls({
          config,
          access,
          rooms: livekitRoomServer(access),
          phones,
          store,
          journal,
          leases,
          retention,
          permits,
          onCallEnded,
          log,
        })
      : null;
  await closeOpenCalls(store, journal, newId);
  const mind = await assembleMind({
    config,
    log,
    documents,
    vectors,
    offlineStt: callId => new ScriptedStt(callId, roomCallers ?? callers),
    onPolicies: recordPolicies(store, log),
  });
  let refusedCalls = 0;
  const livekit =
    access && !fleet
      ? openLivekitLine({
          access,
          clips: await lineClips(mind.voice),
          phones,
          calls: config['calls-per-host'],
          permits,
          onRefused: () => (refusedCalls += 1),
          log,
        })
      : null;
  const roomCallers = livekit && roomCallersOn(livekit, callers, log);
  const ticketing = loadTicketing(config.ticketing, { book: store, clock, newId, environment: process.env });
  const sources = answerSources(config, mind, store);
  const texts = new TextDesk({
    clock,
    journal,
    newId,
    model: mind.brain,
    sources,
    policies: mind.policies,
  });
  const inProcess = (): CallHost =>
    new CallHost({
      telephony: roomCallers ?? callers,
      answerDelayMs: 1200,
      onCallEnded,
      onError: (callId, error) => log.error({ callId, err: error }, 'a call met an error'),
      session: sessionParts({
        config,
        log,
        mind,
        sources,
        journal,
        leases,
        media: livekit ? planeOfRooms(media, livekit, store, log) : media,
        retention: () => retentionOf(retention.of(DEMO_ORG_ID).profile),
        ...(livekit ? { people: livekit.book } : {}),
        ...(onLine ? { onLine } : {}),
      }),
    });
  const host = fleet ?? inProcess();
  const rotate = async (orgId: OrgId): Promise<RotationAnswer> => {
    const answer = await mind.knowledge.rotate(orgId);
    // What hosts read is what this rotation has kept.
    fleet?.rotateKnowledge(orgId);
    return answer;
  };
  const policies = await openPolicyDocuments(mind.book, store, channel, log);
  const knowledge = openKnowledgeDesk({
    mind,
    store,
    journal,
    channel,
    host,
    rotate,
    policyDocuments: policies.documents,
    log,
  });
  const workerId = randomUUID();
  const team = new TeamControl({
    channel,
    workerId,
    desk: host,
    ringCaller: config.demo ? scenario => callers.ringScenario(scenario) : null,
    reloadPolicies: policies.reload,
    clock,
    newId,
    onError: error => log.error({ err: error }, 'a word to or of another worker came to nothing'),
  });
  const stopRetention = [
    keepRecordings(recordingsFolder(config.data), store, log),
    keepWords({ data: config.data, store, retention }, log),
  ];
  const recordingParts = joinRecordings(recordingsFolder(config.data), journal, log);
  const onTicketError = (error: unknown, requestId: string): void =>
    log.error({ requestId, err: error }, 'a ticket request met an error');
  const outbox = new TicketOutbox({
    book: store,
    adapter: ticketing,
    clock,
    newId,
    append: (callId, draft) => host.appendToCall(callId, draft) || texts.append(callId, draft),
    onError: onTicketError,
  });
  const stopFeeding = feedOutbox(journal, store, outbox, onTicketError);
  await outbox.start();
  return {
    workerId,
    store,
    recordFacts,
    journal,
    leases,
    retention,
    recordingParts,
    media,
    host,
    hosts: fleet?.hosts ?? localFigures(host, () => refusedCalls),
    texts,
    ticketing,
    policies: new PolicyDesk(mind.book, store, policies.documents),
    team,
    ...knowledge,
    callers,
    ...(access
      ? {
          rooms: {
            access,
            server: livekitRoomServer(access),
            webhookKey: webhookKey(access),
            ...phonesToCall(config, phones, permits),
          },
        }
      : {}),
    brain: mind.brain,
    voice: mind.voice,
    rotateKnowledge: rotate,
    stop: async () => {
      policies.stop();
      knowledge.knowledgeWatch.stop();
      team.stop();
      for (const stop of stopRetention) stop();
      recordingParts.stop();
      callers.stopArrivals();
      await host.stop();
      texts.stop();
      callers.stop();
      await roomCallers?.stop();
      await livekit?.stop();
      await journal.flush();
      stopFeeding();
      await outbox.stop();
      await ticketing.close();
      await mind.stop();
      await channel.close();
      await store.close();
    },
  };
}

/** Trunks and rules of the file are made at the server before the first call can come. */
async function phonesOf(
  config: WorkerConfig,
  access: LivekitAccess,
  log: Logger,
): Promise<ProvisionedSip | null> {
  if (config.sip === null) return null;
  const phones = await provisionSip(readSipConfig(config.sip), sipServerAt(access), process.env);
  log.info({ steps: phones.steps }, 'phone lines are set up');
  return phones;
}

/** With a trunk of our own people can be called, as many as all hosts take calls. */
function phonesToCall(
  config: WorkerConfig,
  phones: ProvisionedSip | null,
  permits: DialPermits,
): Pick<ControlRooms, 'phones'> {
  const trunkId = phones?.outboundTrunkId ?? null;
  const maxCalls = config['calls-per-host'] * Math.max(1, config.hosts);
  return trunkId === null ? {} : { phones: { trunkId, maxCalls, permits } };
}

/** LiveKit signs its events with one of its keys; a pair of its own may be set apart for that. */
function webhookKey({ apiKey, apiSecret }: LivekitAccess): WebhookKey {
  const secret = process.env['LIVEKIT_WEBHOOK_SECRET'] ?? '';
  return {
    apiKey: process.env['LIVEKIT_WEBHOOK_KEY'] ?? apiKey,
    apiSecret: secret === '' ? apiSecret : secret,
  };
}

/** The demo's callers as participants of real rooms; calls of everybody else come through as they are. */
function roomCallersOn(
  { access, server, telephony }: LivekitLine,
  stub: StubTelephonyAdapter,
  log: Logger,
): RoomCallers {
  return new RoomCallers({
    stub,
    line: telephony,
    orgId: DEMO_ORG_ID,
    enter: (note, onGone) =>
      enterAsCaller(
        {
          access,
          server,
          clock: systemClock,
          onError: error => log.error({ callId: note.callId, err: error }, 'a scripted caller met an error'),
        },
        note,
        onGone,
      ),
    onError: (callId, error) => log.error({ callId, err: error }, 'a scripted caller could not call'),
  });
}

/** The demo's callers. */
function scriptedCallers(config: WorkerConfig): StubTelephonyAdapter {
  return new StubTelephonyAdapter({
    clock: systemClock,
    seed: config.seed,
    scenarios: loadScenarios(join(RESOURCES, 'demo/scenarios')),
    clips: loadClips(join(RESOURCES, 'demo/audio')),
    concurrency: { min: config['calls-min'], max: config['calls-max'] },
    maxCalls: config.calls,
    firstRingMs: 300,
    meanGapMs: 6000,
    ringTimeoutMs: 30_000,
    newCallId: () => newId() as CallId,
  });
}
