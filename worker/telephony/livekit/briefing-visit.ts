import type { ColleagueAudio, TransferBriefing } from '#shared/adapters/telephony-adapter.ts';
import { BRIEFING_KEYS, type BriefingOutcome } from '#shared/domain/briefing.ts';
import type { Clock } from '#shared/domain/clock.ts';
import { startFrameClock, type FrameClock } from '#worker/livekit/frame-clock.ts';
import type { RoomFact, WorkerRoom } from '#worker/livekit/worker-room.ts';
import { lineVoice, type LineVoice } from './line-voice.ts';

export interface BriefingVisitDeps {
  readonly clock: Clock;
  /** Puts everybody out of the room. Never rejects. */
  readonly closeRoom: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** A colleague alone with the AI in the briefing room: what they are told, what they decide, and that they leave. */
export class BriefingVisit {
  readonly #room: WorkerRoom;
  readonly #identity: string;
  readonly #deps: BriefingVisitDeps;
  readonly #voice: LineVoice;
  readonly #ticks: FrameClock;
  readonly #decision = Promise.withResolvers<BriefingOutcome>();
  readonly #stopFacts: () => void;
  #hasLeft = false;
  #isClosed = false;
  #onLeft: () => void = () => undefined;

  constructor(room: WorkerRoom, identity: string, deps: BriefingVisitDeps) {
    this.#room = room;
    this.#identity = identity;
    this.#deps = deps;
    this.#voice = lineVoice(
      samples => room.play(samples),
      () => room.clear(),
    );
    this.#ticks = startFrameClock(deps.clock, () => this.#voice.tick());
    this.#stopFacts = room.onFact(fact => this.#onFact(fact));
  }

  /** Only the first decision counts. */
  decide(outcome: BriefingOutcome): void {
    this.#decision.resolve(outcome);
  }

  /** Tells them of the call. Resolves with what they decide, at the latest after `decisionMs`. */
  async brief(briefing: TransferBriefing | null, decisionMs: number): Promise<BriefingOutcome> {
    const { clock, onError } = this.#deps;
    const telling = new AbortController();
    const stopWaiting = clock.after(decisionMs, () => this.decide('no-decision'));
    if (briefing) this.#tell(briefing, telling.signal).catch(onError);
    const outcome = await this.#decision.promise;
    stopWaiting();
    telling.abort();
    this.#voice.silence();
    return outcome;
  }

  say(words: Int16Array): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#voice.say(words);
  }

  /** From now on whoever mixes the call says what they hear. */
  audio(): ColleagueAudio {
    this.#ticks.stop();
    return {
      onFrame: listener => this.#room.hear(this.#identity, listener),
      play: samples => {
        if (!this.#isClosed) this.#room.play(samples);
      },
    };
  }

  /** Runs once they have left, at once where they have already. */
  onLeft(task: () => void): void {
    if (this.#hasLeft) task();
    else this.#onLeft = task;
  }

  /** Their phone is hung up. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ticks.stop();
    this.#voice.silence();
    // Facts may be told while the room is still being listened to for the first time.
    queueMicrotask(() => this.#stopFacts());
    this.#room.leave().catch(this.#deps.onError);
    void this.#deps.closeRoom();
  }

  async #tell(briefing: TransferBriefing, signal: AbortSignal): Promise<void> {
    for await (const clip of briefing.clips(signal)) {
      if (signal.aborted) return;
      await this.#voice.say(clip);
    }
  }

  #onFact(fact: RoomFact): void {
    if (fact.type === 'dtmf' && fact.identity === this.#identity) {
      if (fact.digit === BRIEFING_KEYS.accept) this.decide('accepted');
      if (fact.digit === BRIEFING_KEYS.decline) this.decide('declined');
    }
    const isGone = fact.type === 'member.left' && fact.member.identity === this.#identity;
    if ((!isGone && fact.type !== 'room.closed') || this.#isClosed) return;
    this.#hasLeft = true;
    this.decide(isGone ? 'hung-up' : 'line-failed');
    this.#onLeft();
  }
}
