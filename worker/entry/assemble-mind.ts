import type { PassageVectors } from '#shared/adapters/passage-vectors.ts';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import type { KnowledgeShelf, KnowledgeSources } from '#worker/knowledge/knowledge-shelf.ts';
import { loadPhraseBank, phraseListSchema, type PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import { FliteVoiceEngine } from '#worker/models/flite/flite-voice.ts';
import { warmLocalModels } from '#worker/models/livekit-turn-detector.ts';
import { assembleProviders } from '#worker/models/providers/assemble-providers.ts';
import { readProviders } from '#worker/models/providers/read-providers.ts';
import { OfflineReplyModel } from '#worker/models/offline-reply-model.ts';
import type { OrgRules } from '#worker/rulebook/org-rules.ts';
import type { PolicyBook, PolicyBookDeps } from '#worker/rulebook/policy-book.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import { chooseEmbedder } from './choose-embedder.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { logProviderNote } from './log-provider-note.ts';
import { openKnowledge } from './open-knowledge.ts';
import { openPolicyBook } from './open-policy-book.ts';
import { readResource } from './resources.ts';
import { systemClock } from './system-clock.ts';

/** What a process needs to lead conversations: brain, voice, ears, knowledge and rules. */
export interface Mind {
  readonly brain: ReplyModel;
  readonly voice: VoiceEngine;
  readonly createStt: CallSessionDeps['createStt'];
  readonly phrases: PhraseBank;
  readonly knowledge: KnowledgeShelf;
  readonly book: PolicyBook;
  readonly policies: () => OrgRules;
  readonly stop: () => Promise<void>;
}

export interface MindOptions {
  readonly config: WorkerConfig;
  readonly log: Logger;
  /** Where the documents are that answers rest on. */
  readonly documents: KnowledgeSources;
  /** Where a database searches vectors; absent in a host. */
  readonly vectors?: () => PassageVectors | null;
  /** Ears where no recogniser is configured. */
  readonly offlineStt: CallSessionDeps['createStt'];
  readonly onPolicies: PolicyBookDeps['onApplied'];
  /** A host goes by what its worker has put in force and watches for that; a worker takes in files by itself. */
  readonly isHost?: boolean;
}

/** Rejects with `voice.failed`, `knowledge.refused` or `policy.invalid`. */
export async function assembleMind({
  config,
  log,
  documents,
  vectors = () => null,
  offlineStt,
  onPolicies,
  isHost = false,
}: MindOptions): Promise<Mind> {
  const offlineVoice = new FliteVoiceEngine();
  const { profile, keys, leftOut } = readProviders(config.providers, process.env);
  for (const provider of leftOut) log.warn({ provider }, 'a provider is left out: its key is not set');
  const providers = assembleProviders({
    profile,
    keys,
    clock: systemClock,
    offline: {
      model: new OfflineReplyModel({ clock: systemClock, wordDelayMs: 12 }),
      voice: offlineVoice,
      stt: offlineStt,
    },
    tell: note => logProviderNote(log, note),
  });
  await providers.ready();
  const { model: brain, voice, createStt } = providers;
  const phrases = await loadPhraseBank(
    voice,
    readResource('prompts/reflex.en.json', phraseListSchema).phrases,
  );
  const knowledge = await openKnowledge(documents, chooseEmbedder(profile.embedding, keys), log, vectors);
  warmLocalModels();
  const book = openPolicyBook(config, log, onPolicies, isHost);
  const stopWatching = isHost ? book.watch(DEMO_ORG_ID) : () => undefined;
  return {
    brain,
    voice,
    createStt,
    phrases,
    knowledge,
    book,
    policies: () => book.rules(DEMO_ORG_ID),
    stop: async () => {
      stopWatching();
      await providers.stop();
      await offlineVoice.stop();
    },
  };
}
