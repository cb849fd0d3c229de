import type {
  CallAudio,
  CallerFrame,
  ColleagueAudio,
  TelephonyEvent,
} from '#shared/adapters/telephony-adapter.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { startFrameClock, type FrameClock } from '#worker/livekit/frame-clock.ts';
import type { RoomFact, RoomMember, WorkerRoom } from '#worker/livekit/worker-room.ts';
import { keyQueue, type KeyQueue } from './key-queue.ts';
import type { LineFailure } from './line-end.ts';
import { watchLineQuality } from './line-quality.ts';
import { lineVoice, type LineVoice } from './line-voice.ts';
import {
  NO_CALL_YET,
  stepRoomCall,
  type ReferAnswer,
  type RoomCallEffect,
  type RoomCallInput,
  type RoomCallRules,
  type RoomCallState,
  type TransferOutcome,
  type Wait,
} from './room-call-machine.ts';

/** What is left of silence after Opus. */
const SILENCE_PEAK = 2;

export type UnparkCause = Extract<TelephonyEvent, { type: 'call.unparked' }>['cause'];

export interface RoomCallPorts {
  readonly clock: Clock;
  readonly rules: RoomCallRules;
  readonly ringOf: (member: RoomMember) => TelephonyEvent;
  readonly tell: (event: TelephonyEvent) => void;
  /** Takes somebody out of the room until they are; never rejects. */
  readonly remove: (identity: string) => Promise<void>;
  /** Calls the phone of the rules, unless the call is over when it comes to that; `null` once it was picked up. Never rejects. */
  readonly dial: (isOver: () => boolean) => Promise<LineFailure | null>;
  /** Never rejects. */
  readonly refer: (identity: string, target: string) => Promise<ReferAnswer>;
  readonly onLeft: (outcome: 'success' | 'failed') => void;
  readonly onError: (error: unknown) => void;
}

/** One room's call: feeds its machine, does what that says, and carries the audio. */
export class RoomCall {
  readonly callId: CallId;
  readonly room: WorkerRoom;
  readonly voice: LineVoice;
  readonly #ports: RoomCallPorts;
  readonly #keys: KeyQueue;
  readonly #waits = new Map<Wait, Cancel>();
  readonly #atEnd = new Set<() => void>();
  #stopFacts: () => void = () => undefined;
  #stopHearing: () => void = () => undefined;
  #state: RoomCallState = NO_CALL_YET;
  #answer: PromiseWithResolvers<CallAudio> | null = null;
  #transfer: PromiseWithResolvers<TransferOutcome> | null = null;
  #listener: ((frame: CallerFrame) => void) | null = null;
  #colleague: ColleagueAudio | null = null;
  #lineClock: FrameClock | null = null;
  #stopMeasuring: Cancel = () => undefined;
  #sample = 0;
  #soundMono: number;

  constructor(callId: CallId, room: WorkerRoom, ports: RoomCallPorts) {
    this.callId = callId;
    this.room = room;
    this.#ports = ports;
    this.#soundMono = ports.clock.mono();
    this.#keys = keyQueue(ports.clock, digit => room.sendDtmf(digit), ports.onError);
    this.voice = lineVoice(
      samples => room.play(samples),
      () => room.clear(),
    );
  }

  /** Those who are in the room already are told at once, so the call may ring inside of this. */
  start(): void {
    this.#step({ type: 'joined' });
    this.#stopFacts = this.room.onFact(fact =>
      this.#step({ type: 'fact', fact, silentMs: this.#ports.clock.mono() - this.#soundMono }),
    );
  }

  get state(): RoomCallState['name'] {
    return this.#state.name;
  }

  get isPhone(): boolean {
    return 'caller' in this.#state && this.#state.caller.kind === 'sip';
  }

  answer(): Promise<CallAudio> {
    if (this.#state.name !== 'ringing' || this.#state.answered)
      return Promise.reject(appError('telephony.refused', 'The call has been answered already.'));
    this.#answer = Promise.withResolvers();
    const { promise } = this.#answer;
    this.#step({ type: 'answer' });
    return promise;
  }

  hangUp(): void {
    this.#step({ type: 'hang-up' });
  }

  sendKeys(digits: string): void {
    this.#keys.send(digits);
  }

  /** Asks the caller's phone to call somebody else. Resolves with what became of it, whatever that is. */
  refer(target: string): Promise<TransferOutcome> {
    if (this.#state.name !== 'connected' || this.#transfer !== null)
      return Promise.reject(appError('telephony.transfer-refused', 'A transfer is going on already.'));
    this.#transfer = Promise.withResolvers();
    const { promise } = this.#transfer;
    this.tellTransfer(target, null);
    this.#step({ type: 'transfer', target });
    return promise;
  }

  /** As it was asked for: that a phone wants `tel:` before a number is its own affair. */
  tellTransfer(wanted: string, outcome: TransferOutcome | null): void {
    const target = wanted.replace(/^tel:/u, '');
    this.#ports.tell({ type: 'call.transfer-requested', callId: this.callId, target, outcome });
  }

  tellParked(who: Extract<TelephonyEvent, { type: 'call.parked' }>['with'], target: string): void {
    this.#ports.tell({ type: 'call.parked', callId: this.callId, with: who, target });
  }

  tellUnparked(cause: UnparkCause): void {
    this.#colleague = null;
    if (this.#state.name === 'connected')
      this.#ports.tell({ type: 'call.unparked', callId: this.callId, cause });
  }

  /** The colleague who has the caller from now on; told of before `tellParked` with them. */
  connectColleague(audio: ColleagueAudio): void {
    this.#colleague = audio;
  }

  /** Runs when the call is over, before its end is told. @returns what takes it back */
  atEnd(task: () => void): () => void {
    this.#atEnd.add(task);
    return () => this.#atEnd.delete(task);
  }

  onFact(listener: (fact: RoomFact) => void): () => void {
    return this.room.onFact(listener);
  }

  remove(identity: string): void {
    void this.#ports.remove(identity);
  }

  #step(input: RoomCallInput): void {
    const [next, effects] = stepRoomCall(this.#state, input, this.#ports.rules);
    this.#state = next;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: RoomCallEffect): void {
    const { callId } = this;
    const { clock, tell, ringOf } = this.#ports;
    switch (effect.do) {
      case 'ring':
        return tell(ringOf(effect.member));
      case 'dial':
        void this.#ports
          .dial(() => this.#state.name === 'ended')
          .then(failure => this.#step({ type: 'dialled', failure }));
        return;
      case 'connect':
        return this.#connect();
      case 'press':
        return tell({ type: 'call.dtmf-received', callId, digit: effect.digit.toUpperCase() });
      case 'refer':
        return this.#refer(effect.target);
      case 'transferred':
        this.tellTransfer(effect.target, effect.outcome);
        this.#transfer?.resolve(effect.outcome);
        this.#transfer = null;
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
        this.#fallSilent();
        tell({ ...effect.end, callId });
        this.#answer?.reject(appError('call.already-ended', 'The call ended before it could be answered.'));
        this.#answer = null;
        return;
      case 'remove':
        return this.remove(effect.identity);
      case 'leave':
        return this.#leave(effect.outcome);
    }
  }

  #connect(): void {
    if (this.#state.name !== 'connected') return;
    const { clock, tell } = this.#ports;
    const { identity } = this.#state.caller;
    this.#soundMono = clock.mono();
    const lineClock = startFrameClock(clock, samples => this.#onFrame(samples));
    this.#lineClock = lineClock;
    this.#stopHearing = this.room.hear(identity, samples => {
      if (samples.some(sample => Math.abs(sample) > SILENCE_PEAK)) this.#soundMono = clock.mono();
      lineClock.push(samples);
    });
    this.#stopMeasuring = watchLineQuality({
      clock,
      measure: () => this.room.measure(identity),
      tell: (direction, windowMs, quality) =>
        tell({ type: 'call.quality', callId: this.callId, direction, windowMs, ...quality }),
      onError: this.#ports.onError,
    });
    tell({ type: 'call.connected', callId: this.callId });
    this.#answer?.resolve(this.#audio());
    this.#answer = null;
  }

  #refer(target: string): void {
    if (this.#state.name !== 'connected') return;
    const { identity } = this.#state.caller;
    void this.#ports.refer(identity, target).then(answer => this.#step({ type: 'refer-answered', answer }));
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
        if (this.#state.name === 'connected') this.voice.play(samples);
      },
      clear: () => this.room.clear(),
      colleague: () => this.#colleague,
      // A real caller has ears.
      heard: () => undefined,
    };
  }

  #onFrame(samples: Int16Array): void {
    const sampleOffset = this.#sample;
    this.#sample += FRAME_SAMPLES;
    this.voice.tick();
    this.#listener?.({ callId: this.callId, sampleOffset, samples });
  }

  #waited(wait: Wait): void {
    this.#waits.delete(wait);
    const callerHere =
      'caller' in this.#state &&
      this.room
        .members()
        .some(({ identity }) => 'caller' in this.#state && identity === this.#state.caller.identity);
    this.#step({ type: 'waited', for: wait, callerHere });
  }

  #fallSilent(): void {
    for (const task of [...this.#atEnd]) task();
    this.#atEnd.clear();
    this.#stopHearing();
    this.#lineClock?.stop();
    this.#stopMeasuring();
    this.#listener = null;
    this.#colleague = null;
    this.#keys.stop();
    this.voice.silence();
  }

  #leave(outcome: 'success' | 'failed'): void {
    this.#fallSilent();
    // Facts may be told while the room is still being listened to for the first time.
    queueMicrotask(() => this.#stopFacts());
    this.room
      .leave()
      .catch(this.#ports.onError)
      .finally(() => this.#ports.onLeft(outcome));
  }
}
