import type { ReplyModel, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { Citation } from '#shared/domain/lanes.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import type { ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { SpeechGate, Utterance, VetoedDraft } from '#worker/lanes/speech-gate.ts';
import { createSentenceAssembler } from './sentence-assembler.ts';

/** Said when even the second try was refused, or the model failed. States nothing; offers a person. */
export const FALLBACK_SENTENCE = 'I am not able to answer that myself. I have told a supervisor.';

export interface ReplyTurn {
  readonly turnId: TurnId;
  readonly request: ReplyRequest;
  /** Said in place of an answer, where the org has the AI ask again or offer a person. */
  readonly instead?: string | null;
}

/** An answer that is being drafted before its turn is over. */
export interface GuessedReply {
  readonly utterance: Utterance;
  readonly request: ReplyRequest;
  /** Whether the model failed. */
  readonly drafting: Promise<boolean>;
}

export interface ReplyLaneDeps {
  readonly gate: SpeechGate;
  readonly model: ReplyModel;
  readonly onFirstText: (turnId: TurnId) => void;
  /** The answer was refused twice, or could not be made. */
  readonly onFallback: (turnId: TurnId) => void;
}

/** Lane B: one answer per turn, sentence by sentence through the gate; a veto leads to one safe rephrase, then to the fallback (RSN1-RSN7). */
export class ReplyLane {
  readonly #deps: ReplyLaneDeps;
  readonly #vetoes = new Map<Utterance, VetoedDraft>();
  #current: Utterance | null = null;

  constructor(deps: ReplyLaneDeps) {
    this.#deps = deps;
  }

  /** The gate tells of every veto; only answers of this lane are tried again. */
  onVeto(veto: VetoedDraft): void {
    this.#vetoes.set(veto.utterance, veto);
  }

  /** Drafts an answer on a guess: judged at once, released only if the guess is adopted. */
  guess(
    turn: Pick<ReplyTurn, 'turnId' | 'request'>,
    hypothesisId: string,
    signal: AbortSignal,
  ): GuessedReply {
    const { turnId, request } = turn;
    const utterance = this.#deps.gate.open({ lane: 'B', origin: 'reply', turnId, hypothesisId });
    return { utterance, request, drafting: this.#draft(utterance, turnId, request, signal) };
  }

  /** A guess that is not the answer: nothing of it will be heard. */
  discard(guess: GuessedReply): void {
    this.#deps.gate.stop(guess.utterance, 'stale-hypothesis');
    this.#vetoes.delete(guess.utterance);
  }

  /** What of the answer has not begun to sound is not said any more. */
  stop(): void {
    if (this.#current) this.#deps.gate.stop(this.#current, 'speech-resumed');
    this.#current = null;
  }

  /** Released chunks of the answer, in order. Ends early when `signal` aborts. `guess`: the answer is being drafted already. */
  async *answer(
    turn: ReplyTurn,
    signal: AbortSignal,
    guess: GuessedReply | null = null,
  ): AsyncGenerator<ChunkRecord, void> {
    if (turn.instead) {
      if (guess) this.discard(guess);
      yield* this.#speak(turn, turn.instead, 'fallback', signal);
      return;
    }
    const veto = yield* this.#speak(turn, turn.request, 'reply', signal, guess);
    if (veto === null || signal.aborted) return;
    const again = {
      ...turn.request,
      rephrase: { text: veto.text, policy: veto.policy, reason: veto.reason },
    };
    const second = veto.failed ? veto : yield* this.#speak(turn, again, 'rephrase', signal);
    if (second === null || signal.aborted) return;
    this.#deps.onFallback(turn.turnId);
    yield* this.#speak(turn, FALLBACK_SENTENCE, 'fallback', signal);
  }

  async *#speak(
    turn: ReplyTurn,
    request: ReplyRequest | string,
    origin: 'reply' | 'rephrase' | 'fallback',
    signal: AbortSignal,
    guess: GuessedReply | null = null,
  ): AsyncGenerator<ChunkRecord, (VetoedDraft & { readonly failed: boolean }) | null> {
    const utterance = guess?.utterance ?? this.#deps.gate.open({ lane: 'B', origin, turnId: turn.turnId });
    this.#current = utterance;
    const drafting =
      guess?.drafting ??
      (typeof request === 'string'
        ? this.#draftFixed(utterance, request)
        : this.#draft(utterance, turn.turnId, request, signal));
    yield* utterance.released;
    const failed = await drafting;
    const veto = this.#vetoes.get(utterance) ?? null;
    this.#vetoes.delete(utterance);
    if (veto) return { ...veto, failed: false };
    return failed ? { utterance, text: '', policy: 'model', reason: 'model-failed', failed: true } : null;
  }

  async #draftFixed(utterance: Utterance, text: string): Promise<boolean> {
    this.#deps.gate.draft(utterance, { text, citations: [], noteIds: [], toolFacts: [] });
    this.#deps.gate.end(utterance);
    return Promise.resolve(false);
  }

  /** @returns whether the model failed */
  async #draft(
    utterance: Utterance,
    turnId: TurnId,
    request: ReplyRequest,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { gate, model } = this.#deps;
    const toolFacts = request.tools.flatMap(tool => tool.facts);
    const assembler = createSentenceAssembler();
    // What a model says of its sources belongs to the sentence that its text ends up in.
    let citations: Citation[] = [];
    let noteIds: string[] = [];
    const draft = (text: string): void => {
      // What a supervisor wrote is a source, but only of the sentence that carries it out (RSN7).
      const written = request.notes
        .filter(note => noteIds.includes(note.noteId))
        .map(note => ({ name: 'supervisor-note', value: note.text }));
      gate.draft(utterance, { text, citations, noteIds, toolFacts: [...toolFacts, ...written] });
      citations = [];
      noteIds = [];
    };
    let first = true;
    try {
      for await (const part of model.reply(request, signal)) {
        if (utterance.phase !== 'open') break;
        if (first) this.#deps.onFirstText(turnId);
        first = false;
        const units = assembler.push(part.text);
        for (const citation of part.citations)
          if (!citations.some(known => sameSource(known, citation))) citations.push(citation);
        for (const noteId of part.noteIds) if (!noteIds.includes(noteId)) noteIds.push(noteId);
        for (const unit of units) draft(unit);
      }
      for (const unit of assembler.end()) draft(unit);
      return false;
    } catch {
      return !signal.aborted;
    } finally {
      gate.end(utterance);
    }
  }
}

function sameSource(a: Citation, b: Citation): boolean {
  return a.sourceId === b.sourceId && a.quote === b.quote;
}
