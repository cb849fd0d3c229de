import type { CallAudio, CallerFrame, TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { RoomMember, WorkerRoom } from '#worker/livekit/worker-room.ts';
import { keyQueue, type KeyQueue } from './key-queue.ts';
import type { LineClock, StartLineClock } from './line-clock.ts';
import {
  NO_CALL_YET,
  stepRoomCall,
  type RoomCallEffect,
  type RoomCallInput,
  type RoomCallRules,
  type RoomCallState,
  type Wait,
} from './room-call-machine.ts';

/** What is left of silence after Opus. */
const SILENCE_PEAK = 2;

export interface RoomCallPorts {
  readonly clock: Clock;
  readonly rules: RoomCallRules;
  readonly startLineClock: StartLineClock;
  readonly ringOf: (member: RoomMember) => TelephonyEvent;
  readonly tell: (event: TelephonyEvent) => void;
  /** Takes somebody out of the room until they are; never rejects. */
  readonly remove: (identity: string) => Promise<void>;
  readonly onLeft: (outcome: 'success' | 'failed') => void;
  readonly onError: (error: unknown) => void;
}

/** One room's call: feeds its machine, does what that says, and carries the audio. */
export class RoomCall {
  readonly callId: CallId;
  readonly room: WorkerRoom;
  readonly #ports: RoomCallPorts;
  readonly #keys: KeyQueue;
  readonly #waits = new Map<Wait, Cancel>();
  #state: RoomCallState = NO_CALL_YET;
  #answer: { resolve: (audio: CallAudio) => void; reject: (error: Error) => void } | null = null;
  #listener: ((frame: CallerFrame) => void) | null = null;
  #lineClock: LineClock | null = null;
  #stopFacts: () => void = () => undefined;
  #stopHearing: () => void = () => undefined;
  #sample = 0;
  #soundMono: number;

  constructor(callId: CallId, room: WorkerRoom, ports: RoomCallPorts) {
    this.callId = callId;
    this.room = room;
    this.#ports = ports;
    this.#soundMono = ports.clock.mono();
    this.#keys = keyQueue(ports.clock, digit => room.sendDtmf(digit), ports.onError);
  }

  /** Those who are in the room already are told at once, so the call may ring inside of this. */
  start(): void {
    this.#step({ type: 'joined' });
    this.#stopFacts = this.room.onFact(fact =>
      this.#step({ type: 'fact', fact, silentMs: this.#silentMs() }),
    );
  }

  get state(): RoomCallState['name'] {
    return this.#state.name;
  }

  answer(): Promise<CallAudio> {
    if (this.#state.name !== 'ringing' || this.#state.answered)
      return Promise.reject(appError('telephony.refused', 'The call has been answered already.'));
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#step({ type: 'answer' });
    });
  }

  hangUp(): void {
    this.#step({ type: 'hang-up' });
  }

  sendKeys(digits: string): void {
    this.#keys.send(digits);
  }

  #step(input: RoomCallInput): void {
    const [next, effects] = stepRoomCall(this.#state, input, this.#ports.rules);
    this.#state = next;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: RoomCallEffect): void {
    const { callId } = this;
    const { clock, tell, remove, ringOf } = this.#ports;
    switch (effect.do) {
      case 'ring':
        tell(ringOf(effect.member));
        return;
      case 'connect':
        this.#connect();
        return;
      case 'press':
        tell({ type: 'call.dtmf-received', callId, digit: effect.digit.toUpperCase() });
        return;
      case 'wait':
        this.#waits.get(effect.for)?.();
        this.#waits.set(
          effect.for,
          clock.after(effect.ms, () => this.#waited(effect.for)),
        );
        return;
      case 'stop-waiting':
        this.#waits.get(effect.for)?.();
        this.#waits.delete(effect.for);
        return;
      case 'end':
        this.#silence();
        tell({ ...effect.end, callId });
        this.#answer?.reject(appError('call.already-ended', 'The call ended before it could be answered.'));
        this.#answer = null;
        return;
      case 'remove':
        void remove(effect.identity);
        return;
      case 'leave':
        this.#leave(effect.outcome);
        return;
    }
  }

  #connect(): void {
    if (this.#state.name !== 'connected') return;
    const { clock, tell, startLineClock } = this.#ports;
    const { identity } = this.#state.caller;
    this.#soundMono = clock.mono();
    const lineClock = startLineClock(samples => this.#onFrame(samples));
    this.#lineClock = lineClock;
    this.#stopHearing = this.room.hear(identity, samples => {
      if (samples.some(sample => Math.abs(sample) > SILENCE_PEAK)) this.#soundMono = clock.mono();
      lineClock.take(samples);
    });
    tell({ type: 'call.connected', callId: this.callId });
    this.#answer?.resolve(this.#audio());
    this.#answer = null;
  }

  #audio(): CallAudio {
    return {
      onFrame: listener => {
        this.#listener = listener;
        return () => {
          if (this.#listener === listener) this.#listener = null;
        };
      },
      play: samples => {
        if (this.#state.name === 'connected') this.room.play(samples);
      },
      clear: () => this.room.clear(),
      // A real caller has ears.
      heard: () => undefined,
    };
  }

  #onFrame(samples: Int16Array): void {
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    this.#listener?.({ callId: this.callId, sampleOffset, samples });
  }

  #silentMs(): number {
    return this.#ports.clock.mono() - this.#soundMono;
  }

  #waited(wait: Wait): void {
    this.#waits.delete(wait);
    const callerHere = this.room.members().some(member => this.#ports.rules.isCaller(member));
    this.#step({ type: 'waited', for: wait, callerHere });
  }

  #silence(): void {
    this.#stopHearing();
    this.#lineClock?.stop();
    this.#listener = null;
    this.#keys.stop();
    this.room.clear();
  }

  #leave(outcome: 'success' | 'failed'): void {
    this.#silence();
    // Facts may be told while the room is still being listened to for the first time.
    queueMicrotask(() => this.#stopFacts());
    this.room
      .leave()
      .catch(this.#ports.onError)
      .finally(() => this.#ports.onLeft(outcome));
  }
}
