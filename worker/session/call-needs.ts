import type { VAD, stt } from '@livekit/agents';
import type { Journal } from '#shared/adapters/journal.ts';
import type { LeaseBook } from '#shared/adapters/lease-book.ts';
import type { PeopleInRooms } from '#shared/adapters/media-plane.ts';
import type { Recorder } from '#shared/adapters/recorder.ts';
import type { ReplyModel } from '#shared/adapters/reply-model.ts';
import type { CallAudio, TransferBriefing } from '#shared/adapters/telephony-adapter.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { Random } from '#shared/base/random.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import type { PhraseBank } from '#worker/lanes/reflex/phrase-bank.ts';
import type { OrgRules } from '#worker/rulebook/org-rules.ts';
import type { VadWindow } from '#worker/turns/speech-detector.ts';
import type { CallMedia } from './call-media.ts';
import type { CallSettings } from './call-settings.ts';
import type { LivekitSessionOptions } from './livekit-session.ts';
import type { TurnBriefSources } from './turn-brief.ts';

/** What a call needs from its host; the same for every call. */
export interface CallSessionDeps {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly leases: LeaseBook;
  readonly orgId: OrgId;
  readonly newId: () => string;
  readonly random: Random;
  readonly voice: VoiceEngine;
  readonly phrases: PhraseBank;
  readonly model: ReplyModel;
  readonly sources: TurnBriefSources;
  /** The org's rules in force now. Each utterance keeps those it began with (POL22). */
  readonly policies: () => OrgRules;
  readonly settings: CallSettings;
  readonly media: CallMedia;
  /** People who are in the rooms of calls by themselves; absent where there are no rooms. */
  readonly people?: PeopleInRooms;
  /** Null where calls are not recorded. */
  readonly recorder: Recorder | null;
  readonly createVad: (onWindow: (window: VadWindow) => void) => VAD;
  readonly createStt: (callId: CallId) => stt.STT;
  readonly createTurnDetection: () => LivekitSessionOptions['turnDetection'];
  readonly onNotice: (notice: Notice) => void;
  readonly onError: (callId: CallId, error: unknown) => void;
  /** Both sides of the line, 20 ms at a time, for a probe; synchronous. */
  readonly onLine?: (callId: CallId, caller: Int16Array, heard: Int16Array, ai: boolean) => void;
}

export interface CallLine {
  readonly audio: CallAudio;
  readonly hangUp: () => Promise<void>;
  /** See `TelephonyAdapter.transfer`. */
  readonly transfer: (target: string, briefing: TransferBriefing) => Promise<'accepted' | 'uncertain'>;
}

/** A call that a host goes on with after the one before has died. */
export interface Resumption {
  /** Its whole log, in order. */
  readonly events: readonly CallEvent[];
  /** Who goes on. */
  readonly host: string;
  readonly room?: string;
  /** People whose desks are alive. */
  readonly present: readonly UserId[];
}
