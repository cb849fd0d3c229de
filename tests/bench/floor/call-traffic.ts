import { seededRandom, type Random } from '#shared/base/random.ts';
import type { CallId, ChunkId, OrgId } from '#shared/domain/ids.ts';
import type { EpochMs } from '#shared/domain/units.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import { EVENT_VERSION } from '#shared/events/envelope.ts';

const SAYINGS = [
  'When does the blue chair arrive, and can it be left with a neighbour?',
  'It left our warehouse on Monday and should reach you on Thursday.',
  'Are you open on Saturday? I would like to bring it back myself.',
  'The shop is open Monday to Saturday from 9 to 18, and returns are taken until 17.',
  'You can send it back within thirty days; the label is in the parcel.',
];
/** A call of an ordinary floor ends after so many turns, the first ones staggered. */
const TURNS_PER_CALL = 85;

/** Marks what a page is asked to find: `⟨17⟩` in words that are shown. */
export const markOf = (mark: number): string => `⟨${String(mark)}⟩`;

/** One seat of the floor: a call with speech, verdicts and turns, and after its end the next one. */
export class CallSeat {
  readonly #seat: number;
  readonly #orgId: OrgId;
  readonly #random: Random;
  readonly #lasting: boolean;
  readonly #startMs: number;
  #calls = 0;
  #seq = 0;
  #turnsLeft: number;
  #turn = 0;
  #waiting: CallEventDraft[] = [];

  /** @param lasting the call never ends @param startMs when its first call began ringing */
  constructor(seat: number, orgId: OrgId, lasting: boolean, startMs: number) {
    this.#seat = seat;
    this.#orgId = orgId;
    this.#lasting = lasting;
    this.#startMs = startMs;
    this.#random = seededRandom(seat + 1);
    this.#turnsLeft = 1 + Math.floor(this.#random() * TURNS_PER_CALL);
  }

  get callId(): CallId {
    return `call-${String(this.#seat)}-${String(this.#calls)}` as CallId;
  }

  /** The call that is there when the floor is opened. */
  opening(): CallEvent[] {
    return [this.#ringing(), CONNECTED].map(draft => this.event(draft, this.#startMs));
  }

  /** The next thing that happens. `mark` is called where words appear on a row with this event, and what it gives is put in them. */
  next(nowMs: number, mark: () => string): CallEvent {
    const draft = this.#waiting.shift() ?? this.#refill();
    const marked = draft.type === 'transcript.final' ? { ...draft, text: `${draft.text} ${mark()}` } : draft;
    const event = this.event(marked, nowMs);
    if (draft.type === 'call.ended') {
      this.#calls += 1;
      this.#seq = 0;
      this.#turnsLeft = TURNS_PER_CALL;
      this.#waiting = [this.#ringing(), CONNECTED];
    }
    return event;
  }

  event(draft: CallEventDraft, nowMs: number): CallEvent {
    const seq = this.#seq;
    this.#seq += 1;
    return {
      v: EVENT_VERSION,
      id: `${this.callId}-${String(seq)}`,
      orgId: this.#orgId,
      conversationId: this.callId,
      seq,
      atMs: nowMs as EpochMs,
      ...draft,
    };
  }

  #refill(): CallEventDraft {
    if (this.#turnsLeft === 0 && !this.#lasting)
      return { type: 'call.ended', reason: 'caller-hung-up', durationMs: 1 };
    this.#turnsLeft -= 1;
    const [first, ...rest] = this.#oneTurn();
    this.#waiting = rest;
    return first as CallEventDraft;
  }

  #oneTurn(): CallEventDraft[] {
    this.#turn += 1;
    const chunkId = `chunk-${String(this.#seat)}-${String(this.#turn)}` as ChunkId;
    const say = (): string => SAYINGS[Math.floor(this.#random() * SAYINGS.length)] ?? '';
    const text = say();
    const atMs = this.#startMs as EpochMs;
    return [
      { type: 'caller-speech.started', sample: this.#turn },
      { type: 'turn.changed', from: 'LISTENING', to: 'USER_SPEAKING', cause: 'speech' },
      { type: 'caller-speech.ended', sample: this.#turn, durationMs: 300 },
      {
        type: 'transcript.final',
        speaker: 'caller',
        text: say(),
        startedAtMs: atMs,
        endedAtMs: atMs,
        redactionCount: 0,
      },
      { type: 'turn.committed', text, endOfTurnMs: 200 },
      { type: 'turn.changed', from: 'USER_SPEAKING', to: 'THINKING', cause: 'silence-timer' },
      {
        type: 'chunk.drafted',
        chunkId,
        epoch: 0,
        lane: 'B',
        origin: 'reply',
        text,
        citations: [],
        noteIds: [],
      },
      { type: 'chunk.allowed', chunkId, verdicts: [], judgeMs: 0.1 },
      { type: 'chunk.released', chunkId, text, leadMs: 300 },
      { type: 'chunk.queued', chunkId, durationMs: 400 },
      { type: 'chunk.speaking', chunkId, durationMs: 400 },
      { type: 'turn.changed', from: 'THINKING', to: 'SPEAKING', cause: 'audio-started' },
      { type: 'chunk.spoken', chunkId, heardMs: 400 },
      { type: 'turn.changed', from: 'SPEAKING', to: 'LISTENING', cause: 'drained' },
    ];
  }

  #ringing(): CallEventDraft {
    return {
      type: 'call.ringing',
      from: null,
      displayName: `Caller ${String(this.#seat)}-${String(this.#calls)}`,
      line: ['Orders', 'Billing', 'Returns'][this.#seat % 3] ?? 'Orders',
      provider: 'stub',
      simulated: true,
    };
  }
}

const CONNECTED: CallEventDraft = {
  type: 'call.connected',
  sampleRateHz: 16_000,
  brain: 'bench',
  voice: 'bench',
};
