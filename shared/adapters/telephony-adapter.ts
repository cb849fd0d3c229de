import type { BriefingOutcome } from '#shared/domain/briefing.ts';
import type { LineDirection, LineQuality } from '#shared/domain/call-quality.ts';
import type { CallId } from '#shared/domain/ids.ts';

/**
 * What a line tells us, in the order per call: `call.ringing`, then any `call.early-media`, then `call.connected`, then any of
 * `call.dtmf-received`, `call.transfer-requested`, `call.parked`, `call.unparked` and `call.quality`, then exactly one `call.ended` or
 * `call.failed`; nothing follows it.
 * A call that is never answered goes from `call.ringing` straight to its end.
 */
export type TelephonyEvent =
  | {
      readonly type: 'call.ringing';
      readonly callId: CallId;
      readonly from: string | null;
      readonly displayName: string;
      readonly line: string;
      readonly simulated: boolean;
      readonly scenario?: string;
      /** Room of the LiveKit server that carries the call, where one does. */
      readonly room?: string;
      /** `Call-ID` of the INVITE of a call by phone. */
      readonly sipCallId?: string;
    }
  | { readonly type: 'call.early-media'; readonly callId: CallId }
  | { readonly type: 'call.connected'; readonly callId: CallId }
  | { readonly type: 'call.dtmf-received'; readonly callId: CallId; readonly digit: string }
  | {
      readonly type: 'call.transfer-requested';
      readonly callId: CallId;
      readonly target: string;
      /** `null` while it is open; `uncertain` when nobody can say whether the target answered. */
      readonly outcome: 'accepted' | 'refused' | 'uncertain' | null;
    }
  /** How the line was in the last `windowMs`; a line without figures of its own never says it. */
  | ({
      readonly type: 'call.quality';
      readonly callId: CallId;
      readonly direction: LineDirection;
      readonly windowMs: number;
    } & LineQuality)
  /** The line has the caller for a transfer, and what is played is not heard: on hold, then, where the line does so,
   * while a colleague is told of the call, then with the colleague who came (TEL9). */
  | {
      readonly type: 'call.parked';
      readonly callId: CallId;
      readonly with: 'hold' | 'briefing' | 'colleague';
      readonly target: string;
    }
  /** What is played is heard again. */
  | {
      readonly type: 'call.unparked';
      readonly callId: CallId;
      readonly cause: 'not-reached' | 'declined' | 'colleague-left';
    }
  | { readonly type: 'call.ended'; readonly callId: CallId; readonly by: 'caller' | 'us' | 'transfer' }
  | { readonly type: 'call.failed'; readonly callId: CallId; readonly code: string };

/** 20 ms of the caller: `Int16Array` of 320 samples, mono, 16 kHz. The receiver owns the buffer. */
export interface CallerFrame {
  readonly callId: CallId;
  /** Position of the first sample in the caller's stream, counted from the start of its audio. */
  readonly sampleOffset: number;
  readonly samples: Int16Array;
}

/**
 * What the caller has just heard, as words. Only simulated callers, who have no ears, use it; a real line ignores it.
 * `ended` closes the utterance: heard to the end, or cut off after `text`.
 */
export type HeardSpeech =
  | {
      readonly speaker: 'ai';
      readonly chunkId: string;
      readonly text: string;
      /** An "I see" that answers nothing; a caller does not take it for an answer. */
      readonly backchannel: boolean;
      readonly ended: 'complete' | 'cut' | null;
    }
  | { readonly speaker: 'human'; readonly started: boolean };

/** A colleague on the phone who has the caller. Ends by itself when they leave. */
export interface ColleagueAudio {
  /** Their voice, 320 samples at a time as it comes; nothing while they are silent to us. Returns what stops it. */
  onFrame(listener: (samples: Int16Array) => void): () => void;
  /**
   * Sends them 320 samples; called once per 20 ms. `null` where they and the caller are in one room and hear each other without us:
   * then what is played to the caller must not hold their voice.
   */
  readonly play: ((samples: Int16Array) => void) | null;
}

/** The audio of one answered call. */
export interface CallAudio {
  /**
   * Caller audio, one frame every 20 ms of the line's own clock, silence included, until the call ends.
   * Called synchronously: the listener must not block. Returns a function that stops delivery.
   */
  onFrame(listener: (frame: CallerFrame) => void): () => void;
  /** Sends 320 samples to the caller. Called once per 20 ms; a missing call is silence. Ignored after the end. */
  play(samples: Int16Array): void;
  /** Drops at once what was played and is still on its way to the line; absent where nothing waits. */
  clear?(): void;
  /** The colleague whom a transfer has brought, from `call.parked` with them on; `null` while the line has none, or cannot hear them. */
  colleague?(): ColleagueAudio | null;
  /** See {@link HeardSpeech}. */
  heard(speech: HeardSpeech): void;
}

/** What a colleague is told, alone, before they get the caller. */
export interface TransferBriefing {
  /** Mono, 16 kHz; in order, each as soon as it may be said, until all is said or `signal` aborts. Asked for once. */
  clips(signal: AbortSignal): AsyncIterable<Int16Array>;
  /** What they made of it; called once, and only where `clips` was asked for. */
  ended(outcome: BriefingOutcome): void;
}

/**
 * One phone line as the worker sees it. The stub and every real trunk emit the same facts in the same order, so nothing
 * above this interface can tell which one is plugged in.
 *
 * - Errors: rejects with `telephony.unreachable` (retryable), `telephony.unknown-call`, `telephony.refused` (wrong state)
 *   or `telephony.transfer-refused`. A caller who hangs up is an event, never a rejection.
 * - `hangUp` of a call that has already ended resolves and changes nothing.
 * - Source: docs/spec/telephony.md.
 */
export interface TelephonyAdapter {
  readonly provider: string;
  /** Every event from now on, in order, until `signal` aborts. One consumer. */
  events(signal: AbortSignal): AsyncIterable<TelephonyEvent>;
  /**
   * Answers a ringing call; resolves when `call.connected` has been emitted. A call that ends before it could be answered is an
   * event; this then rejects with `call.already-ended`.
   */
  answer(callId: CallId): Promise<CallAudio>;
  hangUp(callId: CallId): Promise<void>;
  /** Keys `0-9 * # A-D`; anything else is `telephony.refused`. */
  sendDtmf(callId: CallId, digits: string): Promise<void>;
  /**
   * Resolves once the target has answered, or when nobody can say whether it has; until then the caller hears us, or a tone
   * that says that they are waiting.
   * @param briefing for a line that tells colleagues of a call before they get it; others leave it alone
   */
  transfer(callId: CallId, target: string, briefing?: TransferBriefing): Promise<'accepted' | 'uncertain'>;
}
