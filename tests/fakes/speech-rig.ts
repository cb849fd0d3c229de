import type { JournalEntry } from '#shared/adapters/journal.ts';
import { FRAME_MS, FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { AuditId, CallId, ChunkId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import { openGate, type GateRules } from '#worker/lanes/control/control-gate.ts';
import { LastLook } from '#worker/lanes/last-look.ts';
import { SpeechGate, type SpeechGateDeps, type UtteranceSpec } from '#worker/lanes/speech-gate.ts';
import { Belt } from '#worker/media/belt.ts';
import { SinkLedger } from '#worker/media/sink-ledger.ts';
import { ChunkReporter } from '#worker/session/chunk-reporter.ts';
import { OwnSpeech } from '#worker/session/own-speech.ts';
import { VoicePath } from '#worker/session/voice-path.ts';
import { readBack, voiced } from './readable-voice.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const RIG_CALL_ID = 'call-rig' as CallId;

export interface RigOptions {
  readonly rules: GateRules;
  readonly holdBackMs?: number | (() => number);
  /** When a verdict is on disk; rejects when it never will be. At once unless told otherwise. */
  readonly durable?: () => Promise<void>;
  /** Time from released text to audio. */
  readonly voiceMs?: () => number;
  /** Instead of Lane C: for arms that are meant to leak. */
  readonly openGate?: SpeechGateDeps['openGate'];
  readonly lastLook?: 'on' | 'off';
}

/** What one pull of the line brought. */
export interface HeardPiece {
  readonly atSample: number;
  /** What the samples say, read back from them. */
  readonly text: string;
  readonly samples: Int16Array;
}

/** The speech path of one call without its models: the real gate, voice path, belt and sink ledger on a virtual clock. */
export class SpeechRig {
  readonly clock: VirtualClock = createVirtualClock();
  readonly ledger = new ChunkLedger();
  readonly events: CallEvent[] = [];
  readonly heard: HeardPiece[] = [];
  readonly gate: SpeechGate;
  readonly belt: Belt;
  readonly own: OwnSpeech;
  readonly #sink: SinkLedger;
  #sample = 0;
  #ids = 0;

  constructor(options: RigOptions) {
    const { clock, ledger } = this;
    const { holdBackMs = 0 } = options;
    const append = (draft: CallEventDraft): JournalEntry => this.append(draft);
    const newId = (): string => `id-${String(++this.#ids)}`;
    const lastLook = new LastLook(() => options.rules);
    this.gate = new SpeechGate({
      clock,
      ledger,
      append,
      durable: options.durable ?? (() => Promise.resolve()),
      newId,
      holdBackMs: origin =>
        origin === 'override' ? 0 : typeof holdBackMs === 'number' ? holdBackMs : holdBackMs(),
      openGate:
        options.openGate ??
        (({ origin, overrules }, onOutcome) =>
          openGate(
            options.rules,
            {
              origin: overrules?.judgedAs ?? origin,
              ...(overrules ? { setAside: new Set(overrules.policies) } : {}),
            },
            { clock, auditId: () => newId() as AuditId, onOutcome },
          )),
      onVeto: () => undefined,
      onChange: () => undefined,
    });
    const reporter = new ChunkReporter(RIG_CALL_ID, ledger, {
      append,
      notice: () => undefined,
      heard: () => undefined,
      refuses: chunk => (options.lastLook === 'off' ? null : lastLook.refuses(chunk)),
      onRefused: (chunk, refusal) => this.gate.refuse(chunk, refusal),
      onBrokenOff: chunk => this.gate.interrupt(chunk, 'voice-failed'),
      onMissed: chunk => this.gate.withhold(chunk, 'speech-resumed'),
      onStarted: () => undefined,
      onDrained: () => undefined,
    });
    this.belt = new Belt(ledger, reporter, () => true);
    this.#sink = new SinkLedger({ callId: RIG_CALL_ID, ledger, append });
    const voicePath = new VoicePath({
      voice: {
        name: 'readable',
        synthesise: async text => {
          const waitMs = options.voiceMs?.() ?? 0;
          if (waitMs > 0) await new Promise<void>(resolve => clock.after(waitMs, resolve));
          return voiced(text);
        },
      },
      nowMono: () => clock.mono(),
      onVoiced: (chunk, durationMs) => {
        chunk.durationMs = durationMs;
      },
      onFailed: chunk => this.gate.withhold(chunk, 'voice-failed'),
    });
    this.own = new OwnSpeech({ gate: this.gate, belt: this.belt, voicePath });
    this.#voicePath = voicePath;
  }

  readonly #voicePath: VoicePath;

  append(draft: CallEventDraft): JournalEntry {
    const seq = this.events.length;
    const event = {
      v: 1,
      id: `event-${String(seq)}`,
      orgId: 'org',
      conversationId: RIG_CALL_ID,
      seq,
      atMs: this.clock.now(),
      ...draft,
    } as CallEvent;
    this.events.push(event);
    return { position: seq, event };
  }

  /** Opens an utterance whose released chunks go to the voice and the belt, as an answer's do. */
  open(spec: UtteranceSpec): ReturnType<SpeechGate['open']> {
    const utterance = this.gate.open(spec);
    this.belt.open(utterance.id, 'B');
    void (async () => {
      for await (const chunk of utterance.released)
        for (const frame of await this.#voicePath.voice(chunk, new AbortController().signal))
          await this.belt.offer(utterance.id, frame);
      this.belt.close(utterance.id);
    })();
    return utterance;
  }

  /** One pull of the line: 20 ms of audio go out. Time stands still. */
  pull(): void {
    const frame = this.belt.pull();
    this.#sink.pulled(frame, this.#sample);
    if (frame)
      this.heard.push({ atSample: this.#sample, text: readBack(frame.samples), samples: frame.samples });
    this.#sample += FRAME_SAMPLES;
  }

  get sample(): number {
    return this.#sample;
  }

  /** Lets time pass with the line pulling every 20 ms. */
  async run(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += FRAME_MS) {
      await this.clock.advanceAsync(FRAME_MS);
      this.pull();
    }
  }

  /** As the session does it: the belt first, then the books. */
  cut(cause: 'barge-in' | 'taken-over' | 'call-ended'): void {
    this.belt.cut();
    this.#sink.close();
    this.gate.cut(cause);
  }

  /** As the command does it; throws what it throws. @returns the words that are said again */
  release(chunkId: ChunkId): string {
    const found = this.gate.releasable(chunkId);
    const { policies, parts, spec } = found;
    this.append({
      type: 'chunk.overruled',
      chunkId,
      policies: [...policies],
      userId: 'u1',
      userName: 'Morgan',
    });
    this.gate.supersede(found);
    this.own.say('override', parts, {
      turnId: spec.turnId,
      where: 'front',
      overrules: { chunkId, policies, judgedAs: spec.origin },
    });
    return parts.map(({ text }) => text).join('');
  }

  takeOver(): void {
    this.ledger.floor = 'human';
    this.cut('taken-over');
    this.append({
      type: 'takeover.fenced',
      userId: 'u1',
      userName: 'Morgan',
      epoch: this.ledger.epoch,
      lastAiSample: this.#sample - 1,
      fenceMs: 0,
    });
    this.append({
      type: 'floor.changed',
      holder: 'human',
      cause: 'take-over',
      userId: 'u1',
      userName: 'Morgan',
    });
  }

  handBack(): void {
    this.append({
      type: 'floor.changed',
      holder: 'ai',
      cause: 'hand-back',
      userId: 'u1',
      userName: 'Morgan',
    });
    this.ledger.floor = 'ai';
  }

  /** The call is over: everything has its end, in the log too. */
  finish(): readonly CallEvent[] {
    this.cut('call-ended');
    this.append({ type: 'call.ended', reason: 'caller-hung-up', durationMs: this.clock.mono() });
    return this.events;
  }

  /** Everything that was heard, read back from the samples. */
  get heardText(): string {
    return this.heard.map(piece => piece.text).join('');
  }
}
