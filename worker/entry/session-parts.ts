import { join } from 'node:path';
import type { Journal } from '#shared/adapters/journal.ts';
import type { LeaseBook } from '#shared/adapters/lease-book.ts';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import { seededRandom } from '#shared/base/random.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { retentionOf } from '#shared/domain/retention.ts';
import type { CallHostDeps } from '#worker/host/call-host.ts';
import type { CallMedia } from '#worker/session/call-media.ts';
import { OggRecorder } from '#worker/media/recorder/ogg-recorder.ts';
import { createTurnDetector } from '#worker/models/livekit-turn-detector.ts';
import { LivekitVad } from '#worker/models/livekit-vad.ts';
import type { CallSessionDeps } from '#worker/session/call-needs.ts';
import { DEMO_CALL_SETTINGS } from '#worker/session/call-settings.ts';
import type { TurnBriefSources } from '#worker/session/turn-brief.ts';
import type { Mind } from './assemble-mind.ts';
import { assembleTools } from './assemble-tools.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { RESOURCES } from './resources.ts';
import { systemClock } from './system-clock.ts';

/** Where the recordings of a worker lie. */
export const recordingsFolder = (data: string): string => join(data, 'recordings');

export const newId = (): string => uuidV7(systemClock.now(), Math.random);

/** What answers are made from. */
export function answerSources(config: WorkerConfig, mind: Mind, tickets: TicketBook): TurnBriefSources {
  return {
    knowledge: (patches = []) =>
      patches.length === 0
        ? mind.knowledge.current(DEMO_ORG_ID)
        : mind.knowledge.overlay(DEMO_ORG_ID, patches),
    tools: assembleTools(join(RESOURCES, 'demo/shop.json'), tickets, config['two-person-tools']),
  };
}

export interface SessionPartsOptions {
  readonly config: WorkerConfig;
  readonly log: Logger;
  readonly mind: Mind;
  readonly sources: TurnBriefSources;
  readonly journal: Journal;
  readonly leases: LeaseBook;
  readonly media: CallMedia;
  /** Absent where calls are not rooms. */
  readonly people?: CallSessionDeps['people'];
  readonly onLine?: CallSessionDeps['onLine'];
}

/** What every call of a process is made of, wherever its log, its leases and its line are. */
export function sessionParts(options: SessionPartsOptions): CallHostDeps['session'] {
  const { config, log, mind, sources, journal, leases, media, people, onLine } = options;
  return {
    clock: systemClock,
    journal,
    leases,
    orgId: DEMO_ORG_ID,
    newId,
    random: seededRandom(config.seed),
    voice: mind.voice,
    phrases: mind.phrases,
    model: mind.brain,
    sources,
    policies: mind.policies,
    settings: {
      ...DEMO_CALL_SETTINGS,
      holdBackMs: config['hold-back-ms'],
      retention: retentionOf(config['recording-profile']),
    },
    media,
    recorder: new OggRecorder(recordingsFolder(config.data)),
    createVad: onWindow => new LivekitVad(onWindow),
    createStt: mind.createStt,
    createTurnDetection: createTurnDetector,
    onError: (callId, error) => log.error({ callId, err: error }, 'the session met an error'),
    ...(people ? { people } : {}),
    ...(onLine ? { onLine } : {}),
  };
}
