import type { Clock } from '#shared/domain/clock.ts';
import { HUSHED_WORDS } from '#shared/domain/hush.ts';
import type { CallId, NoteId, TurnId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { HistoryLine } from '#shared/adapters/reply-model.ts';
import type { PolicyOf } from '#shared/domain/policy-document.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import { CardRedactor } from '#worker/audit/redaction.ts';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { GuessedReply, ReplyLane } from '#worker/lanes/reasoned/reply-lane.ts';
import { judgeConfidence } from './judge-confidence.ts';
import type { AdoptedGuess, Speculation } from './speculation.ts';
import { briefTurn, type TurnBriefDeps } from './turn-brief.ts';
import type { TurnMeasure } from './turn-measure.ts';
import type { UnusedReason, Whispers } from './whispers.ts';

export interface CallerTurnsDeps {
  readonly callId: CallId;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly append: (draft: CallEventDraft) => void;
  readonly notice: (notice: Notice) => void;
  /** What answers are made from. */
  readonly brief: TurnBriefDeps;
  readonly history: () => readonly HistoryLine[];
  readonly lane: ReplyLane;
  /** Drafts answers ahead; `null` while nobody may. */
  readonly speculation: () => Speculation | null;
  readonly whispers: Whispers;
  readonly measure: TurnMeasure;
  /** Told every word first. @returns whether it has to stay out of log and notices (HUSH5) */
  readonly hushes: (text: string, isFinal: boolean) => boolean;
  /** Silence since the caller's last word, in milliseconds. */
  readonly silentMs: () => number;
  readonly onCommitted: (turnId: TurnId) => void;
  readonly onAbandoned: (turnId: TurnId) => void;
  /** Notes in sentences that may still sound, and in sentences that were vetoed. */
  readonly carriedNotes: () => {
    readonly waiting: ReadonlySet<string>;
    readonly vetoed: ReadonlySet<string>;
  };
  readonly onUnused: (noteIds: readonly NoteId[], reason: UnusedReason) => void;
  /** The org's thresholds, asked for every turn. */
  readonly confidence: () => PolicyOf<'confidence'> | null;
}

interface Answering {
  readonly turnId: TurnId;
  readonly text: string;
  /** Some of it was said during a hush: none of it is written down. */
  readonly hushed: boolean;
  readonly abort: AbortController;
  readonly guess: AdoptedGuess | null;
}

/** What the caller says, and the answers to it: words become turns, each committed turn gets one answer (RSN1, RSN9). */
export class CallerTurns {
  readonly #deps: CallerTurnsDeps;
  readonly #redactor = new CardRedactor();
  #speechStartedMs: EpochMs | null = null;
  /** Finals that no answer has been heard to yet; a caller who goes on is answered as a whole. */
  #unanswered: string[] = [];
  #interim = '';
  /** Some of it was said during a hush: it is answered, and not written down. */
  #hushedUnanswered = false;
  #answering: Answering | null = null;
  #count = 0;
  #finals = 0;

  constructor(deps: CallerTurnsDeps) {
    this.#deps = deps;
  }

  /** Number of the newest turn; 0 before the first. */
  get count(): number {
    return this.#count;
  }

  /** Goes on with the turns of the host before. */
  continueAt(count: number): void {
    this.#count = count;
  }

  /** How many pieces of speech the caller has finished. */
  get finals(): number {
    return this.#finals;
  }

  /** Words of the caller that are not final yet. */
  get interim(): string {
    return this.#interim;
  }

  speechStarted(): void {
    this.#speechStartedMs ??= this.#deps.clock.now();
  }

  /** Words from the recogniser. Card numbers are gone before any event or notice exists (AUD20). */
  onTranscript(text: string, isFinal: boolean): void {
    const { callId, append, notice, clock, hushes } = this.#deps;
    const hushed = hushes(text, isFinal);
    if (!isFinal) {
      this.#interim = hushed ? '' : this.#redactor.interim(text);
      notice({ type: 'transcript.partial', callId, speaker: 'caller', text: this.#interim });
      // What must not be written down is not guessed at either: a guess would write it.
      if (!hushed && !this.#hushedUnanswered) this.#guess('interim');
      return;
    }
    const safe = this.#redactor.final(text);
    const endedAtMs = clock.now();
    append({
      type: 'transcript.final',
      speaker: 'caller',
      text: hushed ? HUSHED_WORDS : safe.text,
      startedAtMs: this.#speechStartedMs ?? endedAtMs,
      endedAtMs,
      redactionCount: safe.count,
    });
    this.#speechStartedMs = null;
    this.#interim = '';
    this.#unanswered.push(safe.text);
    this.#hushedUnanswered ||= hushed;
    this.#finals += 1;
    notice({ type: 'transcript.partial', callId, speaker: 'caller', text: '' });
    if (!this.#hushedUnanswered) this.#guess('final');
  }

  #guess(kind: 'interim' | 'final'): void {
    this.#deps.speculation()?.words([...this.#unanswered, this.#interim].join(' ').trim(), kind);
  }

  /** What the caller has said since somebody last answered, for a suggestion to the person who has the call. */
  takeUnanswered(): string {
    const text = this.#unanswered.join(' ').trim();
    this.#unanswered = [];
    this.#hushedUnanswered = false;
    return text;
  }

  /** The end of the caller's turn was found. @returns whether there is anything to answer */
  commit(): boolean {
    const text = this.#unanswered.join(' ').trim();
    if (text === '') return false;
    const { clock, newId, append, measure, silentMs, onCommitted } = this.#deps;
    const guess = this.#deps.speculation()?.commit(text) ?? null;
    const turnId = guess?.turnId ?? (newId() as TurnId);
    this.#count += 1;
    measure.committed(turnId, clock.mono());
    append({
      type: 'turn.committed',
      turnId,
      text: this.#hushedUnanswered ? HUSHED_WORDS : text,
      endOfTurnMs: silentMs(),
    });
    guess?.tellEvents();
    this.#answering?.abort.abort('superseded');
    this.#answering = { turnId, text, hushed: this.#hushedUnanswered, abort: new AbortController(), guess };
    onCommitted(turnId);
    return true;
  }

  /** The answer to the committed turn, as released chunks; `null` when there is none to give. */
  answer(
    signal: AbortSignal,
  ): { readonly turnId: TurnId; readonly chunks: AsyncIterable<ChunkRecord> } | null {
    const answering = this.#answering;
    if (!answering) return null;
    const either = AbortSignal.any([signal, answering.abort.signal]);
    return { turnId: answering.turnId, chunks: this.#chunks(answering, either) };
  }

  /** The answer that was drafted ahead, tied to the life of this one. */
  async #adopted({ guess }: Answering, signal: AbortSignal): Promise<GuessedReply | null> {
    if (!guess) return null;
    if (signal.aborted) guess.abort(signal.reason);
    else signal.addEventListener('abort', () => guess.abort(signal.reason), { once: true });
    return guess.reply;
  }

  /** @returns the turn whose answer is cancelled */
  cancel(): TurnId | null {
    const turnId = this.#answering?.turnId ?? null;
    this.#answering?.abort.abort('cancelled');
    this.#answering = null;
    return turnId;
  }

  /** A person has answered the caller; nothing of it waits for the AI any more. */
  forget(): void {
    this.#unanswered = [];
    this.#hushedUnanswered = false;
  }

  async *#chunks(answering: Answering, signal: AbortSignal): AsyncGenerator<ChunkRecord, void> {
    const { clock, lane, measure, brief, whispers, history, onAbandoned, onUnused, carriedNotes } =
      this.#deps;
    const { turnId, text } = answering;
    const guess = await this.#adopted(answering, signal);
    const startedMono = clock.mono();
    const request =
      guess?.request ??
      (await briefTurn(answering.hushed ? unwritten(brief) : brief, {
        turnId,
        text,
        history: history(),
        notes: whispers.offer(turnId),
        signal,
        effects: 'all',
      }));
    measure.retrieved(clock.mono() - startedMono);
    const confidence = judgeConfidence(this.#deps.confidence(), request);
    if (confidence.kind === 'offer-human')
      this.#deps.append({ type: 'attention.raised', reason: 'unsure-of-answer' });
    const instead = confidence.kind === 'answer' ? null : confidence.text;
    let released = 0;
    for await (const chunk of lane.answer({ turnId, request, instead }, signal, guess)) {
      released += 1;
      yield chunk;
    }
    // A cancelled answer leaves its words and its notes to the next one.
    if (signal.aborted) return;
    this.#unanswered = [];
    this.#hushedUnanswered = false;
    if (released === 0) onAbandoned(turnId);
    const carried = carriedNotes();
    const unused = whispers.over(turnId, carried.waiting);
    onUnused(
      unused.filter(noteId => carried.vetoed.has(noteId)),
      'vetoed',
    );
    onUnused(
      unused.filter(noteId => !carried.vetoed.has(noteId)),
      'not-relevant',
    );
  }
}

/** Looks up words that must not be written down: the log says that it was searched, and not for what (HUSH5). */
function unwritten(brief: TurnBriefDeps): TurnBriefDeps {
  return {
    ...brief,
    append: draft =>
      brief.append(draft.type === 'retrieval.finished' ? { ...draft, query: HUSHED_WORDS } : draft),
  };
}
