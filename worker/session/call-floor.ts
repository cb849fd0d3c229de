import type { FloorHolder } from '#shared/domain/call.ts';
import type { NoteId, UserId } from '#shared/domain/ids.ts';
import type { WithholdCause } from '#shared/domain/lanes.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import type { ShadowLane } from '#worker/lanes/reasoned/shadow-lane.ts';
import type { DraftPart } from '#worker/lanes/speech-gate.ts';
import type { CallSupervision } from '#worker/supervision/call-supervision.ts';
import { floorOf, type ReturnCause } from '#worker/supervision/supervision-machine.ts';
import type { TurnRunner } from '#worker/turns/turn-runner.ts';
import type { CallMemory } from './call-memory.ts';
import type { CallSettings } from './call-settings.ts';
import type { CallTransfer, UnparkCause } from './call-transfer.ts';
import type { CallerTurns } from './caller-turns.ts';
import type { HumanSpeech } from './human-speech.ts';
import { unsaidParts } from './ledger-readings.ts';
import { plain, type OwnSpeech } from './own-speech.ts';
import type { SilenceWatch } from './silence-watch.ts';
import type { SpeechControl } from './speech-control.ts';
import type { Speculation } from './speculation.ts';
import type { UnusedReason, Whispers } from './whispers.ts';

export interface CallFloorDeps {
  readonly ledger: ChunkLedger;
  readonly turns: TurnRunner;
  readonly caller: CallerTurns;
  readonly speculation: Speculation | null;
  readonly shadow: ShadowLane;
  readonly supervision: CallSupervision;
  readonly transfer: CallTransfer;
  readonly whispers: Whispers;
  readonly humanSpeech: HumanSpeech;
  readonly silence: SilenceWatch;
  readonly speech: SpeechControl;
  readonly own: OwnSpeech;
  readonly memory: CallMemory;
  readonly bridges: CallSettings['bridges'];
  /** The newest sample of the AI that the caller was sent, or -1 while it is silent. */
  readonly lastAiSample: () => number;
  /** What the caller is in the middle of saying is no turn. */
  readonly forgetTurn: () => void;
  readonly unused: (noteIds: readonly NoteId[], reason: UnusedReason) => void;
  readonly append: (draft: CallEventDraft) => void;
}

/** Whose the conversation is: how the AI loses it to a person or to the line, and how it gets it back. */
export class CallFloor {
  readonly #deps: CallFloorDeps;
  #withholdCause: WithholdCause = 'taken-over';
  /** What a barge kept from being said, and how much the caller had said by then. */
  #heldOver: { readonly parts: readonly DraftPart[]; readonly finals: number } | null = null;

  constructor(deps: CallFloorDeps) {
    this.#deps = deps;
  }

  /** For whom the turns are: while the line has the caller they are not the AI's, whoever of ours has the floor. */
  get turnsOf(): FloorHolder {
    return this.#deps.transfer.parked ? 'human' : floorOf(this.#deps.supervision.state);
  }

  /** Why speech that was not heard is kept back when the floor goes away. */
  get withholdCause(): WithholdCause {
    return this.#withholdCause;
  }

  /** First ack of a takeover: when this returns the belt is closed, the epoch raised, and no AI frame can pass. */
  fence(cause: 'barge' | 'take-over'): { readonly epoch: number; readonly lastAiSample: number } {
    const { ledger, caller, speculation, supervision, memory, append, unused, whispers } = this.#deps;
    const lastAiSample = this.#deps.lastAiSample();
    speculation?.drop('floor-taken');
    this.#heldOver = cause === 'barge' ? { parts: unsaidParts(ledger), finals: caller.finals } : null;
    this.#close(cause === 'barge' ? 'barged' : 'taken-over');
    this.#deps.speech.resume('taken-over', null);
    if (cause === 'take-over') unused(whispers.overAll(), 'taken-over');
    const { holder } = supervision.state;
    if (holder)
      for (const reason of memory.openAttention)
        append({ type: 'attention.cleared', reason, ...this.#who(holder.userId) });
    return { epoch: ledger.epoch, lastAiSample };
  }

  return(cause: ReturnCause, from: 'barge' | 'live'): void {
    const { shadow, humanSpeech, transfer, caller, bridges, own, silence } = this.#deps;
    shadow.stop();
    humanSpeech.end();
    const kept = this.#heldOver;
    this.#heldOver = null;
    if (transfer.parked) return;
    this.#listenAgain();
    if (cause === 'call-ended') return;
    const heldOver = from === 'barge' && kept?.finals === caller.finals ? kept.parts : [];
    const text = bridges[from === 'barge' && cause !== 'lease-lost' ? 'step-down' : cause];
    const parts = [...(text === '' ? [] : [plain(text)]), ...heldOver];
    if (parts.length > 0) own.say('bridge', parts, { turnId: null, where: 'last' });
    silence.start();
  }

  /** The line has the caller: as with a takeover not one AI frame is played and no turn is answered (SUP72). */
  park(): void {
    this.#deps.speculation?.drop('floor-taken');
    if (this.#deps.supervision.state.holder) return;
    this.#close('parked');
    this.#deps.speech.resume('parked', null);
  }

  unpark(cause: UnparkCause): void {
    const { supervision, bridges, own, silence } = this.#deps;
    if (supervision.state.holder) return;
    this.#listenAgain();
    const text = bridges[cause];
    if (text !== '') own.say('bridge', [plain(text)], { turnId: null, where: 'last' });
    silence.start();
  }

  #close(cause: WithholdCause): void {
    this.#withholdCause = cause;
    this.#deps.ledger.floor = 'human';
    this.#deps.turns.step({ type: 'floor.changed', floor: 'human' });
  }

  /** The turns are the AI's again, and nothing of what was said meanwhile waits for an answer. */
  #listenAgain(): void {
    this.#deps.ledger.floor = 'ai';
    this.#deps.caller.forget();
    this.#deps.forgetTurn();
    this.#deps.turns.step({ type: 'floor.changed', floor: 'ai' });
  }

  #who(userId: UserId): { readonly userId: string; readonly userName: string } {
    return { userId, userName: this.#deps.supervision.nameOf(userId) };
  }
}
