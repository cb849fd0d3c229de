import type { ScriptedUtterance, SpeechScript } from '#shared/adapters/speech-script.ts';
import type {
  CallAudio,
  TelephonyAdapter,
  TelephonyEvent,
  TransferBriefing,
} from '#shared/adapters/telephony-adapter.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import type { RoomNote } from '#shared/domain/rooms.ts';
import { EventQueue } from '../event-queue.ts';
import { createArrivedSpeech, type ArrivedSpeech } from './arrived-speech.ts';
import type { RoomCaller } from './room-caller.ts';
import type { StubTelephonyAdapter } from './stub-telephony-adapter.ts';

/** Callers that have gone and are remembered: a recogniser may still be finishing their last words. */
const KEPT = 200;

type Ringing = Extract<TelephonyEvent, { type: 'call.ringing' }>;

export interface RoomCallersDeps {
  readonly stub: StubTelephonyAdapter;
  /** The real line, on which the callers ring. */
  readonly line: TelephonyAdapter;
  readonly orgId: OrgId;
  /** Joins as this caller; `onGone` is called when the server ends it. */
  readonly enter: (note: RoomNote, onGone: () => void) => Promise<RoomCaller>;
  readonly onError: (callId: CallId | null, error: unknown) => void;
}

interface Caller {
  readonly ringing: Ringing;
  readonly speech: ArrivedSpeech;
  /** Resolves with `null` where they could not come in. */
  readonly inRoom: Promise<RoomCaller | null>;
  gone: boolean;
  /** Resolves once the room has been left. */
  left: Promise<void>;
}

/**
 * The scripted callers as participants of real rooms, in front of the line that serves these rooms: their audio goes over the
 * network, and everybody else's calls pass through unchanged. Having no ears they hear the AI as words; having no number in
 * the room, theirs is added to the ring.
 */
export class RoomCallers implements TelephonyAdapter, SpeechScript {
  readonly #deps: RoomCallersDeps;
  readonly #queue = new EventQueue<TelephonyEvent>();
  readonly #callers = new Map<CallId, Caller>();

  constructor(deps: RoomCallersDeps) {
    this.#deps = deps;
  }

  get provider(): string {
    return this.#deps.line.provider;
  }

  events(signal: AbortSignal): AsyncIterable<TelephonyEvent> {
    const { stub, line } = this.#deps;
    this.#follow(stub.events(signal), event => this.#onScript(event));
    this.#follow(line.events(signal), event => this.#onLine(event));
    return this.#queue.read(signal);
  }

  async answer(callId: CallId): Promise<CallAudio> {
    const { stub, line } = this.#deps;
    const audio = await line.answer(callId);
    const caller = this.#callers.get(callId);
    const inRoom = await caller?.inRoom;
    if (!caller || !inRoom || caller.gone) return audio;
    const script = await stub.answer(callId);
    script.onFrame(frame => {
      caller.speech.sent(frame, stub.utterances(callId));
      inRoom.speak(frame.samples);
    });
    return {
      ...audio,
      onFrame: listener =>
        audio.onFrame(frame => {
          caller.speech.arrived(frame, stub.utterances(callId));
          listener(frame);
        }),
      heard: speech => script.heard(speech),
    };
  }

  async hangUp(callId: CallId): Promise<void> {
    await this.#deps.line.hangUp(callId);
    this.#goAway(callId);
  }

  sendDtmf(callId: CallId, digits: string): Promise<void> {
    return this.#deps.line.sendDtmf(callId, digits);
  }

  transfer(
    callId: CallId,
    target: string,
    briefing?: TransferBriefing,
  ): ReturnType<TelephonyAdapter['transfer']> {
    const { stub, line } = this.#deps;
    return this.#callers.has(callId)
      ? stub.transfer(callId, target)
      : line.transfer(callId, target, briefing);
  }

  utterances(callId: CallId): readonly ScriptedUtterance[] {
    const said = this.#deps.stub.utterances(callId);
    return this.#callers.get(callId)?.speech.heard(said) ?? said;
  }

  /** Everybody leaves their room. */
  async stop(): Promise<void> {
    for (const callId of this.#callers.keys()) this.#goAway(callId);
    await Promise.all([...this.#callers.values()].map(({ left }) => left));
  }

  #follow(events: AsyncIterable<TelephonyEvent>, onEvent: (event: TelephonyEvent) => void): void {
    const read = async (): Promise<void> => {
      for await (const event of events) onEvent(event);
    };
    read().catch((error: unknown) => this.#deps.onError(null, error));
  }

  #onLine(event: TelephonyEvent): void {
    const caller = this.#callers.get(event.callId);
    if (event.type === 'call.ended' || event.type === 'call.failed') this.#goAway(event.callId);
    if (event.type !== 'call.ringing' || !caller) this.#queue.put(event);
    else this.#queue.put({ ...event, from: caller.ringing.from });
  }

  #onScript(event: TelephonyEvent): void {
    const { callId } = event;
    switch (event.type) {
      case 'call.ringing':
        this.#ring(event);
        return;
      case 'call.dtmf-received':
        void this.#callers.get(callId)?.inRoom.then(inRoom => inRoom?.press(event.digit));
        return;
      case 'call.transfer-requested':
        // A wish that only a script has; a room knows none.
        this.#queue.put(event);
        return;
      case 'call.ended':
      case 'call.failed':
        this.#goAway(callId);
        return;
      // What the room itself tells.
      case 'call.connected':
      case 'call.early-media':
      case 'call.parked':
      case 'call.unparked':
      case 'call.quality':
    }
  }

  #ring(ringing: Ringing): void {
    const { enter, orgId, onError } = this.#deps;
    const { callId, line, displayName, scenario } = ringing;
    const note = {
      ...{ callId, orgId, line, displayName, simulated: true },
      ...(scenario === undefined ? {} : { scenario }),
    };
    const inRoom = enter(note, () => this.#goAway(callId)).catch((error: unknown) => {
      onError(callId, error);
      this.#goAway(callId);
      return null;
    });
    const left = Promise.resolve();
    this.#callers.set(callId, { ringing, speech: createArrivedSpeech(), inRoom, gone: false, left });
    const [oldest] = this.#callers.keys();
    if (this.#callers.size > KEPT && oldest !== undefined && this.#callers.get(oldest)?.gone === true)
      this.#callers.delete(oldest);
  }

  /** The script stops and the room is left; either may have happened already. */
  #goAway(callId: CallId): void {
    const { stub, onError } = this.#deps;
    const caller = this.#callers.get(callId);
    if (!caller || caller.gone) return;
    caller.gone = true;
    stub.hangUp(callId).catch(() => undefined);
    caller.left = caller.inRoom
      .then(inRoom => inRoom?.leave())
      .catch((error: unknown) => onError(callId, error));
  }
}
