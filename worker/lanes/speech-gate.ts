// The one release path of speech, on one page: what moves a chunk from draft to its end is read together. Over 500 lines for that reason.
import type { Clock, Cancel } from '#shared/domain/clock.ts';
import type { AuditId, ChunkId, TurnId } from '#shared/domain/ids.ts';
import type { ChunkOrigin, Citation, Lane, Verdict, WithholdCause } from '#shared/domain/lanes.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { GateOutcome, UtteranceGate } from './control/control-gate.ts';
import { isPending, isStoppable, type ChunkLedger, type ChunkRecord } from './chunk-ledger.ts';
import type { Refusal } from './last-look.ts';
import { ReleasedQueue } from './released-queue.ts';

/** Longest a supervisor's hold lasts; then what waits is out of date and is withheld. Source: architecture 2.2. */
export const MAX_HOLD_MS = 120_000;
/** Speech rate used until a chunk's audio exists: about 16 characters a second. Measured on the local voice. */
const ESTIMATED_MS_PER_CHAR = 62;

export interface UtteranceSpec {
  readonly lane: Lane;
  readonly origin: ChunkOrigin;
  readonly turnId: TurnId | null;
  /** Drafted on a guess at the caller's words: judged like any other, and released only once it is adopted (OVL6). */
  readonly hypothesisId?: string;
  /** The refused chunk whose words a supervisor released, and the overridable policies whose veto is set aside. */
  readonly overrules?: {
    readonly chunkId: ChunkId;
    readonly policies: readonly string[];
    /** What the words were when they were refused: they are judged as that again, by every policy for it. */
    readonly judgedAs: ChunkOrigin;
  };
}

export interface DraftPart {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly noteIds: readonly string[];
  readonly toolFacts: readonly { readonly name: string; readonly value: string }[];
}

/** A veto as Lane B needs it to try once more. */
export interface VetoedDraft {
  readonly utterance: Utterance;
  readonly text: string;
  readonly policy: string;
  readonly reason: string;
}

export interface SpeechGateDeps {
  readonly clock: Clock;
  readonly ledger: ChunkLedger;
  readonly append: (draft: CallEventDraft) => JournalEntry | null;
  readonly durable: (entry: JournalEntry | null) => Promise<void>;
  readonly newId: () => string;
  /** Wait between draft and release, so that a person can step in: a policy per org. */
  readonly holdBackMs: (origin: ChunkOrigin) => number;
  readonly openGate: (spec: UtteranceSpec, onOutcome: (outcome: GateOutcome) => void) => UtteranceGate;
  readonly onVeto: (veto: VetoedDraft) => void;
  /** The first chunk of a guess may be spoken if the guess is adopted: its voice can be made ready. */
  readonly onGuessJudged?: (record: ChunkRecord) => void;
  /** A veto came after the answer had been made, and left nothing of it to say. */
  readonly onNothingLeft?: (turnId: TurnId) => void;
  readonly onChange: () => void;
}

interface Judged {
  readonly record: ChunkRecord;
  /** Set once the verdict is on disk. */
  durable: { readonly verdictSeq: number; readonly durableAtMs: EpochMs } | null;
}

/** What a supervisor may still release: the text that Lane C refused, as it was drafted. */
interface Releasable {
  readonly record: ChunkRecord;
  readonly parts: readonly DraftPart[];
  readonly policies: readonly string[];
  readonly spec: UtteranceSpec;
  /** What was drafted on a guess can be released once the guess has become the answer, and never otherwise. */
  readonly utterance: Utterance;
}

/** One run of AI speech, such as an answer: chunks in order, judged and released in order. */
export class Utterance {
  readonly id: string;
  readonly spec: UtteranceSpec;
  readonly epoch: number;
  /** What may be synthesised, in order. Ends when nothing more will come. */
  readonly released = new ReleasedQueue();
  readonly chunks: Judged[] = [];
  gate: UtteranceGate | null = null;
  phase: 'open' | 'ended' | 'dead' = 'open';
  standing: 'guess' | 'answer';

  constructor(id: string, spec: UtteranceSpec, epoch: number) {
    this.id = id;
    this.spec = spec;
    this.epoch = epoch;
    this.standing = spec.hypothesisId === undefined ? 'answer' : 'guess';
  }
}

/**
 * The life of every chunk from draft to release, and the only release path (GATE41-GATE52). Text goes in from Lane B and
 * from our own sentences; what comes out of `released` was judged, its verdict is on disk, its hold-back has passed and
 * nobody holds the AI. Everything else is an event with a reason.
 */
export class SpeechGate {
  readonly #deps: SpeechGateDeps;
  /** Utterances with something to release yet. */
  readonly #live = new Set<Utterance>();
  /** Utterances with a chunk that has no end yet, by id. */
  readonly #unfinished = new Map<string, Utterance>();
  readonly #overruled = new Set<ChunkId>();
  readonly #releasable = new Map<ChunkId, Releasable>();
  /** Turns whose answer is a sentence that a supervisor released; nothing else answers them (GATE72). */
  readonly #answeredByHand = new Set<TurnId>();
  readonly #timers = new Map<Utterance, Cancel>();
  #hold: { readonly sinceMono: number; readonly cancel: Cancel } | null = null;

  constructor(deps: SpeechGateDeps) {
    this.#deps = deps;
  }

  open(spec: UtteranceSpec): Utterance {
    const utterance = new Utterance(this.#deps.newId(), spec, this.#deps.ledger.epoch);
    if (spec.turnId !== null && spec.origin !== 'override' && this.#answeredByHand.has(spec.turnId)) {
      utterance.phase = 'dead';
      utterance.released.close();
      return utterance;
    }
    utterance.gate = this.#deps.openGate(spec, outcome => this.#onOutcome(utterance, outcome));
    this.#live.add(utterance);
    for (const [id, other] of this.#unfinished)
      if (!this.#live.has(other) && other.chunks.every(({ record }) => !isStoppable(record.state)))
        this.#unfinished.delete(id);
    this.#unfinished.set(utterance.id, utterance);
    return utterance;
  }

  /** @returns the chunk, or `null` when the utterance can no longer be heard */
  draft(utterance: Utterance, part: DraftPart): ChunkId | null {
    if (utterance.phase !== 'open') return null;
    const chunkId = this.#deps.newId() as ChunkId;
    const { overrules } = utterance.spec;
    const record: ChunkRecord = {
      chunkId,
      utteranceId: utterance.id,
      lane: utterance.spec.lane,
      origin: utterance.spec.origin,
      epoch: utterance.epoch,
      draftText: part.text,
      citations: part.citations,
      noteIds: part.noteIds,
      toolFacts: part.toolFacts,
      draftedAtMono: this.#deps.clock.mono(),
      ...(overrules ? { overruled: overrules.policies } : {}),
      state: 'drafted',
      text: part.text,
      durationMs: null,
      heardSamples: 0,
      heardChars: 0,
    };
    this.#deps.ledger.add(record);
    utterance.chunks.push({ record, durable: null });
    this.#append(utterance, {
      type: 'chunk.drafted',
      chunkId,
      epoch: utterance.epoch,
      lane: utterance.spec.lane,
      origin: utterance.spec.origin,
      text: part.text,
      citations: [...part.citations],
      noteIds: [...part.noteIds],
      ...(utterance.standing === 'guess' ? { hypothesisId: utterance.spec.hypothesisId } : {}),
      ...(overrules ? { overrules: overrules.chunkId } : {}),
    });
    utterance.gate?.draft({
      chunkId,
      text: part.text,
      origin: overrules?.judgedAs ?? utterance.spec.origin,
      citations: part.citations,
      toolFacts: part.toolFacts,
    });
    this.#deps.onChange();
    return chunkId;
  }

  /**
   * The caller's turn has the words that were guessed: what was judged may be released. @returns false, and releases nothing,
   * when all speech was ended since it was opened
   */
  adopt(utterance: Utterance): boolean {
    if (utterance.phase === 'dead' || utterance.epoch !== this.#deps.ledger.epoch) return false;
    utterance.standing = 'answer';
    this.#advance(utterance);
    return true;
  }

  /** No more text will come; what waits for the end of the text is now judged. */
  end(utterance: Utterance): void {
    if (utterance.phase !== 'open') return;
    utterance.phase = 'ended';
    utterance.gate?.end();
    this.#advance(utterance);
  }

  /** Nothing of this utterance that has not begun to sound will be heard. */
  stop(utterance: Utterance, cause: WithholdCause): void {
    if (utterance.phase === 'dead') return;
    utterance.phase = 'dead';
    utterance.gate?.abort();
    this.#timers.get(utterance)?.();
    this.#timers.delete(utterance);
    this.#live.delete(utterance);
    utterance.released.close();
    for (const { record } of utterance.chunks) this.withhold(record, cause);
    this.#deps.onChange();
  }

  /** The answer to this turn is out of date: nothing of it that has not begun to sound will be heard (GATE67). */
  stopTurn(turnId: TurnId, cause: WithholdCause): void {
    for (const utterance of [...this.#unfinished.values()])
      if (utterance.spec.turnId === turnId) this.stop(utterance, cause);
  }

  /** Nothing that has not begun to sound will be heard; what sounds is finished. */
  stopAll(cause: WithholdCause): void {
    for (const utterance of [...this.#live]) this.stop(utterance, cause);
    for (const record of this.#deps.ledger.pending()) this.withhold(record, cause);
    this.#deps.onChange();
  }

  /**
   * Everything said so far is over: raises the epoch, so that no frame made from it can ever sound, and gives each chunk its
   * end. The belt must already be cut: silence comes before bookkeeping (TUR5).
   */
  cut(cause: WithholdCause): number {
    const { ledger } = this.#deps;
    ledger.epoch += 1;
    for (const chunk of [...ledger.all()]) if (chunk.state === 'speaking') this.interrupt(chunk, cause);
    this.stopAll(cause);
    this.#releasable.clear();
    this.#answeredByHand.clear();
    return ledger.epoch;
  }

  withhold(record: ChunkRecord, cause: WithholdCause): void {
    if (!isPending(record.state) || !this.#deps.ledger.move(record, 'withheld')) return;
    this.#deps.append({ type: 'chunk.withheld', chunkId: record.chunkId, cause });
  }

  interrupt(record: ChunkRecord, cause: WithholdCause): void {
    if (!this.#deps.ledger.move(record, 'interrupted')) return;
    this.#deps.append({
      type: 'chunk.interrupted',
      chunkId: record.chunkId,
      heardMs: record.heardSamples / 16,
      heardText: record.text.slice(0, record.heardChars),
      cause,
    });
  }

  get holding(): boolean {
    return this.#hold !== null;
  }

  /** Nothing more is released until resumed; `onExpired` is called if nobody resumes for {@link MAX_HOLD_MS}. */
  hold(onExpired: () => void): void {
    if (this.#hold) return;
    const cancel = this.#deps.clock.after(MAX_HOLD_MS, () => {
      this.stopAll('held-too-long');
      onExpired();
    });
    this.#hold = { sinceMono: this.#deps.clock.mono(), cancel };
    for (const utterance of this.#live) this.#advance(utterance);
    this.#deps.onChange();
  }

  /** @returns how long the hold lasted, or `null` when there was none */
  resume(): number | null {
    const hold = this.#hold;
    if (!hold) return null;
    hold.cancel();
    this.#hold = null;
    for (const utterance of [...this.#live]) this.#advance(utterance);
    this.#deps.onChange();
    return this.#deps.clock.mono() - hold.sinceMono;
  }

  /** The next chunk that a person can still stop; Lane A is too short to be one. */
  next(): ChunkRecord | null {
    const guesses = [...this.#live].filter(utterance => utterance.standing === 'guess').map(({ id }) => id);
    return (
      this.#deps.ledger
        .pending()
        .find(chunk => chunk.origin !== 'reflex' && !guesses.includes(chunk.utteranceId)) ?? null
    );
  }

  /** A supervisor stops a chunk before it sounds; the rest of its utterance goes with it, and Lane B may try once more. */
  veto(chunkId: ChunkId | null, actor: Actor): ChunkRecord {
    const record = chunkId === null ? this.next() : this.#deps.ledger.get(chunkId);
    if (!record) {
      throw chunkId === null
        ? appError('chunk.nothing-to-veto', 'The AI has nothing more to say at the moment.')
        : appError('chunk.unknown', 'This sentence does not belong to the call.');
    }
    if (!isPending(record.state))
      throw appError('chunk.already-speaking', 'Too late: the caller is already hearing it.');
    this.#veto(this.#unfinished.get(record.utteranceId) ?? null, record, {
      by: 'supervisor',
      policy: 'supervisor',
      reason: 'stopped-by-supervisor',
      verdicts: [],
      judgeMs: 0,
      auditId: this.#deps.newId() as AuditId,
      userId: actor.userId,
      userName: actor.name,
    });
    return record;
  }

  /** The last look found that the chunk may not follow what was heard before it (GATE66). */
  refuse(record: ChunkRecord, { policy, reason }: Refusal): void {
    this.#veto(this.#unfinished.get(record.utteranceId) ?? null, record, {
      by: 'policy',
      policy,
      reason,
      verdicts: [],
      judgeMs: 0,
      auditId: this.#deps.newId() as AuditId,
    });
  }

  /**
   * What a supervisor may release instead of this vetoed chunk. Throws why not: only what overridable policies refused, while
   * the turn is the same, the AI has the floor, and nothing drafted after it has been heard (GATE70, GATE71).
   */
  releasable(chunkId: ChunkId): Releasable {
    const { ledger } = this.#deps;
    const record = ledger.get(chunkId);
    if (!record) throw appError('chunk.unknown', 'This sentence does not belong to the call.');
    const found = this.#releasable.get(chunkId);
    if (ledger.floor !== 'ai' || record.epoch !== ledger.epoch || ledger.heardAfter(record))
      throw appError('chunk.too-late', 'Too late: the conversation has moved on.');
    if (record.state !== 'vetoed' || found?.utterance.standing !== 'answer')
      throw appError('chunk.not-overridable', 'This sentence cannot be released.');
    return found;
  }

  /** From here on only the released sentence answers the turn, and the same sentence is not released twice. */
  supersede({ record, spec }: Releasable): void {
    this.#releasable.delete(record.chunkId);
    this.#overruled.add(record.chunkId);
    if (spec.turnId !== null) this.#answeredByHand.add(spec.turnId);
    this.stopAll('superseded');
  }

  wasOverruled(chunkId: ChunkId): boolean {
    return this.#overruled.has(chunkId);
  }

  /** The hold-back has changed: what waits is released sooner, or waits longer (GATE81). */
  holdBackChanged(): void {
    for (const utterance of [...this.#live]) this.#advance(utterance);
    this.#deps.onChange();
  }

  /** Expected milliseconds until the chunk sounds: what is before it, and what is left of its hold-back. */
  leadMs(record: ChunkRecord): number {
    let beforeMs = 0;
    for (const other of this.#deps.ledger.all()) {
      if (other.chunkId === record.chunkId) break;
      if (other.state === 'released' || other.state === 'queued' || other.state === 'speaking') {
        beforeMs += Math.max(
          0,
          (other.durationMs ?? other.text.length * ESTIMATED_MS_PER_CHAR) - other.heardSamples / 16,
        );
      }
    }
    const judged =
      record.state === 'drafted' ||
      record.state === 'allowed' ||
      record.state === 'redacted' ||
      record.state === 'held';
    const ageMs = this.#deps.clock.mono() - record.draftedAtMono;
    return beforeMs + (judged ? Math.max(0, this.#deps.holdBackMs(record.origin) - ageMs) : 0);
  }

  #onOutcome(utterance: Utterance, outcome: GateOutcome): void {
    const judged = utterance.chunks.find(candidate => candidate.record.chunkId === outcome.chunkId);
    if (!judged || utterance.phase === 'dead') return;
    const { record } = judged;
    const verdicts: Verdict[] = [...outcome.verdicts];
    const veto = outcome.veto ?? unsound(outcome, record);
    if (veto) {
      const { policy, reason } = veto;
      const mayRelease = outcome.veto?.overridable === true && record.state === 'drafted';
      if (mayRelease && utterance.spec.origin !== 'override') this.#keep(utterance, record, outcome.veto);
      this.#veto(utterance, record, {
        by: 'policy',
        policy,
        reason,
        verdicts,
        judgeMs: outcome.judgeMs,
        auditId: (verdicts.find(verdict => verdict.decision === 'veto' && verdict.policy === policy)
          ?.auditId ?? this.#deps.newId()) as AuditId,
      });
      return;
    }
    const chunkId = record.chunkId;
    let entry: JournalEntry | null;
    record.auditIds = verdicts.map(verdict => verdict.auditId);
    if (outcome.decision === 'redact') {
      if (!this.#deps.ledger.move(record, 'redacted')) return;
      record.text = outcome.text;
      entry = this.#append(utterance, {
        type: 'chunk.redacted',
        chunkId,
        text: outcome.text,
        verdicts,
        judgeMs: outcome.judgeMs,
      });
    } else {
      if (!this.#deps.ledger.move(record, 'allowed')) return;
      entry = this.#append(utterance, { type: 'chunk.allowed', chunkId, verdicts, judgeMs: outcome.judgeMs });
    }
    if (entry === null) {
      // The log is closed: nothing can be proven any more, so nothing is said (GATE63).
      this.withhold(record, 'call-ended');
      return;
    }
    const verdictSeq = entry.event.seq;
    this.#deps.durable(entry).then(
      () => {
        judged.durable = { verdictSeq, durableAtMs: this.#deps.clock.now() };
        this.#advance(utterance);
      },
      () => {
        // No durable verdict, no speech: what cannot be proven afterwards is not said (GATE45).
        this.#veto(utterance, record, {
          by: 'policy',
          policy: 'audit',
          reason: 'verdict-not-recorded',
          verdicts,
          judgeMs: outcome.judgeMs,
          auditId: this.#deps.newId() as AuditId,
        });
      },
    );
    this.#deps.onChange();
  }

  #veto(
    utterance: Utterance | null,
    record: ChunkRecord,
    why: {
      readonly by: 'policy' | 'supervisor';
      readonly policy: string;
      readonly reason: string;
      readonly verdicts: Verdict[];
      readonly judgeMs: number;
      readonly auditId: AuditId;
      readonly userId?: string;
      readonly userName?: string;
    },
  ): void {
    if (!this.#deps.ledger.move(record, 'vetoed')) return;
    const made = utterance !== null && this.#live.has(utterance);
    const remedy = made && canRephrase(utterance.spec.origin) ? 'rephrase' : 'drop';
    this.#deps.append({
      type: 'chunk.vetoed',
      chunkId: record.chunkId,
      overridable: this.#releasable.has(record.chunkId),
      remedy,
      ...turnOf(utterance),
      ...why,
    });
    if (utterance && utterance.phase !== 'dead') {
      this.#closeAfter(utterance, record, why.by === 'supervisor' ? 'vetoed-by-supervisor' : 'superseded');
      if (made && utterance.spec.origin !== 'override')
        this.#deps.onVeto({ utterance, text: record.draftText, policy: why.policy, reason: why.reason });
      else this.#nothingLeft(utterance);
    }
    this.#deps.onChange();
  }

  #keep(utterance: Utterance, record: ChunkRecord, veto: NonNullable<GateOutcome['veto']>): void {
    const parts = utterance.chunks
      .filter(one => veto.together.includes(one.record.chunkId))
      .map(({ record: { draftText: text, citations, noteIds, toolFacts } }) => ({
        text,
        citations,
        noteIds,
        toolFacts,
      }));
    const { spec } = utterance;
    if (parts.length > 0)
      this.#releasable.set(record.chunkId, { record, parts, policies: veto.policies, spec, utterance });
  }

  /** Every chunk of the answer has been stopped: whoever waits for it must not wait for ever. */
  #nothingLeft({ spec: { turnId }, chunks }: Utterance): void {
    if (turnId !== null && chunks.every(({ record }) => !isStoppable(record.state)))
      this.#deps.onNothingLeft?.(turnId);
  }

  /** What was judged before the vetoed chunk may still be said; what came after it, or was not judged yet, may not. */
  #closeAfter(utterance: Utterance, vetoed: ChunkRecord, cause: WithholdCause): void {
    utterance.phase = 'ended';
    utterance.gate?.abort();
    let after = false;
    for (const { record } of utterance.chunks) {
      after ||= record === vetoed;
      if (after || record.state === 'drafted') this.withhold(record, cause);
    }
    this.#advance(utterance);
  }

  /** Releases what may be released, in order, and sets the timer for what may be later. */
  #advance(utterance: Utterance): void {
    this.#timers.get(utterance)?.();
    this.#timers.delete(utterance);
    if (utterance.phase === 'dead') return;
    if (utterance.standing === 'guess') {
      const [first] = utterance.chunks;
      if (first?.durable && isPending(first.record.state)) this.#deps.onGuessJudged?.(first.record);
      return;
    }
    for (const { record, durable } of utterance.chunks) {
      if (record.state === 'drafted') return;
      if (record.state !== 'allowed' && record.state !== 'redacted' && record.state !== 'held') continue;
      if (!durable) return;
      if (record.text.trim() === '') {
        this.withhold(record, 'nothing-left');
        continue;
      }
      if (this.#hold && utterance.spec.origin !== 'say-now') {
        if (this.#deps.ledger.move(record, 'held'))
          this.#append(utterance, { type: 'chunk.held', chunkId: record.chunkId });
        continue;
      }
      const waitMs = this.#deps.holdBackMs(record.origin) - (this.#deps.clock.mono() - record.draftedAtMono);
      if (waitMs > 0) {
        this.#timers.set(
          utterance,
          this.#deps.clock.after(waitMs, () => this.#advance(utterance)),
        );
        return;
      }
      const leadMs = this.leadMs(record);
      if (!this.#deps.ledger.move(record, 'released')) continue;
      this.#append(utterance, {
        type: 'chunk.released',
        chunkId: record.chunkId,
        text: record.text,
        leadMs,
        ...durable,
      });
      utterance.released.push(record);
      this.#deps.onChange();
    }
    const waiting = utterance.chunks.some(
      ({ record }) => record.state === 'held' || record.state === 'drafted',
    );
    if (utterance.phase === 'ended' && !waiting) {
      this.#live.delete(utterance);
      utterance.released.close();
    }
  }

  #append(utterance: Utterance, draft: CallEventDraft): JournalEntry | null {
    return this.#deps.append({ ...draft, ...turnOf(utterance) });
  }
}

/** Deny by default: an outcome that is not clearly an allowance, or not of this text, is a veto (GATE60). */
function unsound(outcome: GateOutcome, record: ChunkRecord): Refusal | null {
  const fits =
    (outcome.decision === 'allow' && outcome.text === record.draftText) ||
    (outcome.decision === 'redact' && typeof outcome.text === 'string');
  return fits ? null : { policy: 'lane-c', reason: 'judge-failed' };
}

function turnOf(utterance: Utterance | null): { turnId?: TurnId } {
  return utterance?.spec.turnId ? { turnId: utterance.spec.turnId } : {};
}

function canRephrase(origin: ChunkOrigin): boolean {
  return origin === 'reply';
}
