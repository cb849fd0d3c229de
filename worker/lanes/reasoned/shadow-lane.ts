import type { ReplyModel, ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId, ChunkId, TurnId } from '#shared/domain/ids.ts';
import type { Citation } from '#shared/domain/lanes.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { openGate, type GateOutcome, type GateRules } from '#worker/lanes/control/control-gate.ts';
import { createSentenceAssembler } from './sentence-assembler.ts';

/** A suggestion that takes longer comes too late to be of use. */
const DEADLINE_MS = 8000;

export interface ShadowLaneDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly model: ReplyModel;
  /** Asked for every suggestion: rules may change while a call runs. */
  readonly rules: () => GateRules;
  readonly append: (draft: CallEventDraft) => void;
  /** Intent, passages and tool results of a turn, as for an answer. */
  readonly brief: (turnId: TurnId, text: string, signal: AbortSignal) => Promise<ReplyRequest>;
  readonly onError: (error: unknown) => void;
}

/**
 * The AI while a person has the call: it goes on listening and drafting, and shows what it would say. The same rules judge
 * it, but nothing here knows the speech gate, the voice or the belt: a suggestion has no way to the caller (SUP50-SUP55).
 */
export class ShadowLane {
  readonly #deps: ShadowLaneDeps;
  readonly #texts = new Map<string, string>();
  #running: AbortController | null = null;

  constructor(deps: ShadowLaneDeps) {
    this.#deps = deps;
  }

  /** The caller's turn is over. An unfinished suggestion to an older one is dropped. */
  turn(text: string): void {
    this.stop();
    const abort = new AbortController();
    this.#running = abort;
    const { clock, onError } = this.#deps;
    const cancelDeadline = clock.after(DEADLINE_MS, () => abort.abort('too-late'));
    this.#suggest(text, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) onError(error);
      })
      .finally(cancelDeadline);
  }

  /** The AI has the call again, or the call is over. */
  stop(): void {
    this.#running?.abort('superseded');
    this.#running = null;
  }

  /** Text of a suggestion of this call, or null. */
  textOf(suggestionId: string): string | null {
    return this.#texts.get(suggestionId) ?? null;
  }

  async #suggest(text: string, signal: AbortSignal): Promise<void> {
    const { clock, newId, brief, append } = this.#deps;
    const startedMono = clock.mono();
    const turnId = newId() as TurnId;
    const request = await brief(turnId, text, signal);
    if (signal.aborted) return;
    const { outcomes, citations } = await this.#judged(request, signal);
    if (signal.aborted || outcomes.length === 0) return;
    const veto = outcomes.find(outcome => outcome.veto !== null);
    const suggestionId = newId();
    const draft = outcomes
      .map(outcome => outcome.text)
      .join('')
      .trim();
    if (!veto) this.#texts.set(suggestionId, draft);
    append({
      type: 'suggestion.drafted',
      turnId,
      suggestionId,
      text: draft,
      decision: veto ? 'veto' : outcomes.some(({ decision }) => decision === 'redact') ? 'redact' : 'allow',
      veto: veto?.veto ? { policy: veto.veto.policy, reason: veto.veto.reason } : null,
      verdicts: outcomes.flatMap(outcome => outcome.verdicts),
      citations: [...citations],
      draftMs: clock.mono() - startedMono,
    });
  }

  /** The whole draft, sentence by sentence through a gate of its own. */
  async #judged(
    request: ReplyRequest,
    signal: AbortSignal,
  ): Promise<{ readonly outcomes: readonly GateOutcome[]; readonly citations: readonly Citation[] }> {
    const { rules, clock, newId, model } = this.#deps;
    const outcomes: GateOutcome[] = [];
    const all: Citation[] = [];
    let drafted = 0;
    const { promise: judged, resolve } = Promise.withResolvers<void>();
    let ended = false;
    const settle = (): void => {
      if (ended && outcomes.length === drafted) resolve();
    };
    const gate = openGate(
      rules(),
      { origin: 'reply' },
      {
        clock,
        auditId: () => newId() as AuditId,
        onOutcome: outcome => {
          // A refused sentence is shown too, struck out: the person learns what not to say.
          outcomes.push(
            outcome.decision === 'veto' ? { ...outcome, text: drafts.get(outcome.chunkId) ?? '' } : outcome,
          );
          settle();
        },
      },
    );
    signal.addEventListener('abort', () => (gate.abort(), resolve()), { once: true });
    const drafts = new Map<ChunkId, string>();
    const toolFacts = request.tools.flatMap(tool => tool.facts);
    const assembler = createSentenceAssembler();
    let citations: Citation[] = [];
    const draft = (text: string): void => {
      const chunkId = newId() as ChunkId;
      drafts.set(chunkId, text);
      drafted += 1;
      gate.draft({ chunkId, text, origin: 'reply', citations, toolFacts });
      citations = [];
    };
    for await (const part of model.reply(request, signal)) {
      if (signal.aborted) break;
      const units = assembler.push(part.text);
      for (const citation of part.citations)
        if (!all.some(known => known.sourceId === citation.sourceId && known.quote === citation.quote)) {
          citations.push(citation);
          all.push(citation);
        }
      for (const unit of units) draft(unit);
    }
    for (const unit of assembler.end()) draft(unit);
    gate.end();
    ended = true;
    settle();
    await judged;
    return { outcomes, citations: all };
  }
}
