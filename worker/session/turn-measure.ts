import type { TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';

/** Moments of one answer on the monotonic clock. Each is set once: the first time it happens. */
interface Marks {
  readonly turnId: TurnId;
  readonly endOfSpeechMono: number;
  readonly committedMono: number;
  retrievalMs: number | null;
  textMono: number | null;
  judgeMs: number | null;
  draftedMono: number | null;
  releasedMono: number | null;
  voiceMs: number | null;
}

/** Collects where the time of each answer goes, and tells it once the first word of Lane B is heard (req:O1, req:O3). */
export class TurnMeasure {
  #marks: Marks | null = null;
  #reflexMono: number | null = null;
  #silenceMono = 0;

  /** The caller fell silent at this moment; a reflex that follows is measured from it. */
  silent(atMono: number): void {
    this.#silenceMono = atMono;
    this.#reflexMono = null;
  }

  committed(turnId: TurnId, atMono: number): void {
    this.#marks = {
      turnId,
      endOfSpeechMono: this.#silenceMono,
      committedMono: atMono,
      retrievalMs: null,
      textMono: null,
      judgeMs: null,
      draftedMono: null,
      releasedMono: null,
      voiceMs: null,
    };
  }

  retrieved(tookMs: number): void {
    if (this.#marks) this.#marks.retrievalMs ??= tookMs;
  }

  firstText(atMono: number): void {
    if (this.#marks) this.#marks.textMono ??= atMono;
  }

  judged(judgeMs: number, atMono: number): void {
    if (!this.#marks || this.#marks.judgeMs !== null) return;
    this.#marks.judgeMs = judgeMs;
    this.#marks.draftedMono = atMono;
  }

  released(atMono: number): void {
    if (this.#marks) this.#marks.releasedMono ??= atMono;
  }

  voiced(voiceMs: number): void {
    if (this.#marks) this.#marks.voiceMs ??= voiceMs;
  }

  reflexHeard(atMono: number): void {
    this.#reflexMono ??= atMono;
  }

  /** The first sample of Lane B is heard. @returns the event, once per turn */
  answerHeard(atMono: number): CallEventDraft | null {
    const marks = this.#marks;
    if (!marks) return null;
    this.#marks = null;
    const between = (from: number | null, to: number | null): number | null =>
      from === null || to === null ? null : Math.max(0, to - from);
    return {
      type: 'turn.measured',
      turnId: marks.turnId,
      endOfTurnMs: between(marks.endOfSpeechMono, marks.committedMono),
      retrievalMs: marks.retrievalMs,
      modelMs: between(marks.committedMono, marks.textMono),
      gateMs: marks.judgeMs,
      holdBackMs: between(marks.draftedMono, marks.releasedMono),
      voiceMs: marks.voiceMs,
      firstAudioMs: between(marks.endOfSpeechMono, atMono),
      reflexAudioMs: between(marks.endOfSpeechMono, this.#reflexMono),
    };
  }
}
