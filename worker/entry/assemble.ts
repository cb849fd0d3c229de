import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import type { EmbedderFactory } from '#shared/adapters/embedder.ts';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { steadyClock } from '#shared/domain/steady-clock.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import { readDocument } from '#shared/errors/read-document.ts';
import { EVENT_VERSION } from '#shared/events/envelope.ts';
import type { WorkerHealth } from '#worker/control/worker-health.ts';
import { CallHost } from '#worker/host/call-host.ts';
import { TextDesk } from '#worker/host/text-desk.ts';
import { knowledgeFolder } from '#worker/knowledge/knowledge-folder.ts';
import { KnowledgeShelf } from '#worker/knowledge/knowledge-shelf.ts';
import { searchDeps } from '#worker/knowledge/load-knowledge.ts';
import { loadPhraseBank, phraseListSchema } from '#worker/lanes/reflex/phrase-bank.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { OggRecorder } from '#worker/media/recorder/ogg-recorder.ts';
import { FliteVoiceEngine } from '#worker/models/flite/flite-voice.ts';
import { createTurnDetector, warmLocalModels } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import { assembleProviders } from '#worker/models/providers/assemble-providers.ts';
import { readProviders } from '#worker/models/providers/read-providers.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';
import { createOpenAiJudge } from '#worker/models/openai/openai-judge.ts';
import type { OrgRules } from '#worker/rulebook/org-rules.ts';
import { PolicyBook } from '#worker/rulebook/policy-book.ts';
import { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import type { CallSessionDeps } from '#worker/session/call-session.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { StoreLeaseBook } from '#worker/store/store-lease-book.ts';
import type { Store } from '#worker/store/store.ts';
import { loadClips } from '#worker/telephony/stub/clips.ts';
import { loadScenarios } from '#worker/telephony/stub/load-scenarios.ts';
import { StubTelephonyAdapter } from '#worker/telephony/stub/stub-telephony-adapter.ts';
import { feedOutbox } from '#worker/ticketing/feed-outbox.ts';
import { loadTicketing } from '#worker/ticketing/load-ticketing.ts';
import { TicketOutbox } from '#worker/ticketing/ticket-outbox.ts';
import { assembleTools } from './assemble-tools.ts';
import { cannotRecord } from './cannot-record.ts';
import { chooseEmbedder } from './choose-embedder.ts';
import type { Logger } from './log.ts';
import { logProviderNote } from './log-provider-note.ts';
import { systemClock } from './system-clock.ts';

/** The org of the demo and of a desktop without accounts. */
export const DEMO_ORG_ID = 'org-larkfield' as OrgId;

const RESOURCES = join(import.meta.dirname, '../../resources');

/** Where the recordings of a worker lie. */
export const recordingsFolder = (data: string): string => join(data, 'recordings');

export interface Worker {
  readonly workerId: string;
  readonly store: Store;
  readonly journal: StoreJournal;
  readonly leases: StoreLeaseBook;
  readonly media: LoopbackMediaPlane;
  readonly host: CallHost;
  readonly texts: TextDesk;
  readonly ticketing: TicketingAdapter;
  readonly policies: PolicyDesk;
  readonly telephony: StubTelephonyAdapter;
  readonly brain: ReplyModel;
  readonly voice: VoiceEngine;
  readonly knowledge: KnowledgeShelf;
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
export async function assembleWorker({
  config,
  log,
  health,
  onCallEnded,
  onStoreLost,
  onLine,
}: AssembleOptions): Promise<Worker> {
  const clock = systemClock;
  const newId = (): string => uuidV7(clock.now(), Math.random);
  const store = await openStore(config.data, onStoreLost);
  const refusedFile = join(config.data, 'refused.jsonl');
  const journal = new StoreJournal(
    store,
    clock,
    await store.head(),
    (error, waitingEntries) => {
      log.error({ err: error, waitingEntries }, 'the log could not be written; it is kept and tried again');
      cannotRecord(health, error);
    },
    (entry, error) => {
      appendFileSync(refusedFile, `${JSON.stringify(entry)}\n`, { flush: true });
      log.error({ err: error, refusedFile, position: entry.position }, 'a record was refused and set aside');
    },
    () => health.is(null),
  );
  await closeOpenCalls(store, journal, newId);
  const leases = new StoreLeaseBook(store, steadyClock(clock));
  const media = new LoopbackMediaPlane();
  const offlineVoice = new FliteVoiceEngine();
  const { profile, keys, leftOut } = readProviders(config.providers, process.env);
  for (const provider of leftOut) log.warn({ provider }, 'a provider is left out: its key is not set');
  const providers = assembleProviders({
    profile,
    keys,
    clock,
    offline: {
      model: new OfflineReplyModel({ clock, wordDelayMs: 12 }),
      voice: offlineVoice,
      stt: callId => new ScriptedStt(callId, telephony),
    },
    tell: note => logProviderNote(log, note),
  });
  await providers.ready();
  const { model: brain, voice } = providers;
  const phrases = await loadPhraseBank(
    voice,
    readResource('prompts/reflex.en.json', phraseListSchema).phrases,
  );
  const knowledge = await openKnowledge(
    config.knowledge ?? join(RESOURCES, 'demo/knowledge'),
    chooseEmbedder(profile.embedding, keys),
    log,
  );
  warmLocalModels();
  const telephony = new StubTelephonyAdapter({
    clock,
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
  const book = openPolicyBook(config, log, store, newId);
  const stopWatching = book.watch(DEMO_ORG_ID);
  const policies = (): OrgRules => book.rules(DEMO_ORG_ID);
  const ticketing = loadTicketing(config.ticketing, { book: store, clock, newId, environment: process.env });
  const sources = {
    knowledge: () => knowledge.current(DEMO_ORG_ID),
    tools: assembleTools(join(RESOURCES, 'demo/shop.json'), store, config['two-person-tools']),
  };
  const texts = new TextDesk({ clock, journal, newId, model: brain, sources, policies });
  const host = new CallHost({
    telephony,
    answerDelayMs: 1200,
    onCallEnded,
    onError: (callId, error) => log.error({ callId, err: error }, 'a call met an error'),
    session: {
      clock,
      journal,
      leases,
      orgId: DEMO_ORG_ID,
      newId,
      random: seededRandom(config.seed),
      voice,
      phrases,
      model: brain,
      sources,
      policies,
      settings: { ...DEMO_CALL_SETTINGS, holdBackMs: config['hold-back-ms'] },
      media,
      recorder: new OggRecorder(recordingsFolder(config.data)),
      createVad: onWindow => new LivekitVad(onWindow),
      createStt: providers.createStt,
      createTurnDetection: createTurnDetector,
      onError: (callId, error) => log.error({ callId, err: error }, 'the session met an error'),
      ...(onLine ? { onLine } : {}),
    },
  });
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
    workerId: randomUUID(),
    store,
    journal,
    leases,
    media,
    host,
    texts,
    ticketing,
    policies: new PolicyDesk(book, store),
    telephony,
    brain,
    voice,
    knowledge,
    stop: async () => {
      stopWatching();
      telephony.stopArrivals();
      await host.stop();
      texts.stop();
      telephony.stop();
      await journal.flush();
      stopFeeding();
      await outbox.stop();
      await ticketing.close();
      await providers.stop();
      await offlineVoice.stop();
      await store.close();
    },
  };
}

/** One level at a time: Node's recursive way never ends where the system refuses with ENOENT, as under /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder);
}

/** The policy documents, read once so that a worker without usable rules does not start (POL24). */
function openPolicyBook(config: WorkerConfig, log: Logger, store: Store, newId: () => string): PolicyBook {
  const book = new PolicyBook({
    clock: systemClock,
    shipped: join(RESOURCES, 'policies'),
    folder: join(config.data, 'policies'),
    ask: createOpenAiJudge({ apiKey: process.env['OPENAI_API_KEY'] ?? null, baseUrl: config['judge-url'] }),
    onApplied: (orgId, label, by) => {
      log.info({ orgId, label, by }, 'other policies are in force');
      store
        .recordAccess({
          id: newId(),
          orgId,
          userId: by,
          action: 'policy.edit',
          outcome: 'applied',
          atMs: systemClock.now(),
          payload: { label },
        })
        .catch((error: unknown) => log.error({ err: error }, 'a change of policies was not recorded'));
    },
    onRefused: (orgId, problems) =>
      log.error({ orgId, problems }, 'policy documents were refused; what was in force stays in force'),
  });
  book.rules(DEMO_ORG_ID);
  return book;
}

/** A worker does not begin with knowledge that cannot be read; later a broken document only stops its own rotation. */
async function openKnowledge(
  folder: string,
  createEmbedder: EmbedderFactory | null,
  log: Logger,
): Promise<KnowledgeShelf> {
  const shelf = new KnowledgeShelf(
    new Map([[DEMO_ORG_ID, knowledgeFolder(folder)]]),
    createEmbedder ? searchDeps(systemClock, createEmbedder) : searchDeps(systemClock),
  );
  const first = await shelf.rotate(DEMO_ORG_ID).catch((error: unknown) => {
    if (!createEmbedder || !AppError.is(error) || error.body.code !== 'knowledge.embedder-failed')
      throw error;
    log.warn(
      { err: error },
      'the embedder does not answer; knowledge is searched with the one of this machine',
    );
    return null;
  });
  if (first === null) return openKnowledge(folder, null, log);
  if (first.outcome === 'refused')
    throw appError(
      'knowledge.refused',
      `${join(folder, first.name)} line ${String(first.line)}: ${first.message}`,
    );
  return shelf;
}

async function openStore(folder: string, onLost: () => void): Promise<Store> {
  try {
    makeFolder(folder);
  } catch {
    throw appError(
      'storage.read-only',
      `The data folder ${folder} cannot be made. Choose another with --data.`,
    );
  }
  return openSqliteStore({ file: join(folder, 'worker.sqlite'), onLost });
}

/** Calls that a crash left open are ended in their own log, with the sequence continued (AUD10). */
async function closeOpenCalls(store: Store, journal: StoreJournal, newId: () => string): Promise<void> {
  for (const { callId, orgId, lastSeq, startedAtMs } of await store.openCalls()) {
    const atMs = systemClock.now();
    journal.append({
      v: EVENT_VERSION,
      id: newId(),
      orgId,
      conversationId: callId,
      seq: lastSeq + 1,
      atMs,
      type: 'call.ended',
      reason: 'worker-crashed',
      durationMs: Math.max(0, atMs - startedAtMs),
    });
  }
  await journal.flush();
}

function readResource<Output>(file: string, schema: z.ZodType<Output>): Output {
  return readDocument(`document ${file}`, readFileSync(join(RESOURCES, file), 'utf8'), schema);
}
