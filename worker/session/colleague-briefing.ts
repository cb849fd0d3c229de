import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { TransferBriefing } from '#shared/adapters/telephony-adapter.ts';
import type { VoiceEngine } from '#shared/adapters/voice-engine.ts';
import type { BriefingOutcome } from '#shared/domain/briefing.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { ChunkLedger, type ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import { openGate, type GateRules } from '#worker/lanes/control/control-gate.ts';
import { SpeechGate } from '#worker/lanes/speech-gate.ts';
import { plain } from './own-speech.ts';
import { VoicePath } from './voice-path.ts';

export interface ColleagueBriefingDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly target: string;
  /** The rules of the org as they are now. */
  readonly rules: GateRules;
  readonly voice: VoiceEngine;
  /** What there is to tell, when they have picked up. */
  readonly sentences: () => readonly string[];
  readonly append: (draft: CallEventDraft) => JournalEntry | null;
  readonly durable: (entry: JournalEntry | null) => Promise<void>;
}

/**
 * What a colleague on the phone is told of a call. A speech gate and a voice path of its own, of the same make as the call's: the
 * sentences are judged as one text, only what was released goes to a voice, and nothing here knows the caller's line (GATE83, GATE84).
 */
export class ColleagueBriefing implements TransferBriefing {
  readonly #deps: ColleagueBriefingDeps;
  readonly #briefingId: string;
  readonly #ledger = new ChunkLedger();
  readonly #gate: SpeechGate;
  readonly #voicePath: VoicePath;
  #asked = false;
  #ended = false;

  constructor(deps: ColleagueBriefingDeps) {
    const { clock, newId, rules, voice, durable } = deps;
    this.#deps = deps;
    this.#briefingId = newId();
    this.#gate = new SpeechGate({
      clock,
      ledger: this.#ledger,
      append: draft => this.#record(draft),
      durable,
      newId,
      holdBackMs: () => 0,
      openGate: ({ origin }, onOutcome) =>
        openGate(rules, { origin }, { clock, auditId: () => newId() as AuditId, onOutcome }),
      // There is no second try: a colleague who hears less can still ask the caller.
      onVeto: () => undefined,
      onChange: () => undefined,
    });
    this.#voicePath = new VoicePath({
      voice,
      nowMono: () => clock.mono(),
      onVoiced: () => undefined,
      onFailed: chunk => this.#gate.withhold(chunk, 'voice-failed'),
    });
  }

  async *clips(signal: AbortSignal): AsyncIterable<Int16Array> {
    if (this.#asked || signal.aborted) return;
    this.#asked = true;
    const utterance = this.#gate.open({ lane: 'B', origin: 'briefing', turnId: null });
    signal.addEventListener('abort', () => this.#gate.stop(utterance, 'superseded'), { once: true });
    for (const sentence of this.#deps.sentences()) this.#gate.draft(utterance, plain(`${sentence} `));
    this.#gate.end(utterance);
    for await (const chunk of utterance.released) {
      const clip = await this.#clipOf(chunk, signal);
      if (signal.aborted) return;
      if (clip.length > 0) yield clip;
    }
  }

  ended(outcome: BriefingOutcome): void {
    if (this.#ended || !this.#asked) return;
    this.#ended = true;
    const { append, target } = this.#deps;
    append({ type: 'briefing.ended', briefingId: this.#briefingId, target, outcome });
  }

  async #clipOf(chunk: ChunkRecord, signal: AbortSignal): Promise<Int16Array> {
    const frames = [...(await this.#voicePath.voice(chunk, signal))].map(({ samples }) => samples);
    const clip = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      clip.set(frame, at);
      at += frame.length;
    }
    return clip;
  }

  /** Verdicts go into the call's log as what they are; the rest of a chunk's life is of nobody's interest. */
  #record(draft: CallEventDraft): JournalEntry | null {
    const briefingId = this.#briefingId;
    switch (draft.type) {
      case 'chunk.allowed':
      case 'chunk.redacted': {
        const { chunkId, verdicts, judgeMs } = draft;
        const decision = draft.type === 'chunk.redacted' ? 'redact' : 'allow';
        const text = draft.type === 'chunk.redacted' ? draft.text : this.#draftOf(chunkId);
        return this.#deps.append({
          type: 'briefing.judged',
          briefingId,
          text,
          decision,
          veto: null,
          verdicts,
          judgeMs,
        });
      }
      case 'chunk.vetoed': {
        const { chunkId, policy, reason, verdicts, judgeMs } = draft;
        return this.#deps.append({
          type: 'briefing.judged',
          briefingId,
          text: this.#draftOf(chunkId),
          decision: 'veto',
          veto: { policy, reason },
          verdicts,
          judgeMs,
        });
      }
      default:
        return null;
    }
  }

  #draftOf(chunkId: ChunkRecord['chunkId']): string {
    return this.#ledger.get(chunkId)?.draftText ?? '';
  }
}
