import type { AppliedMatrix } from '#shared/adapters/media-plane.ts';
import type { LeaseBook, Lease } from '#shared/adapters/lease-book.ts';
import { assertNever } from '#shared/base/assert-never.ts';
import type { AudibilityInput, HumanOnCall, MicMode } from '#shared/domain/audibility.ts';
import type { FloorHolder } from '#shared/domain/call.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import {
  floorOf,
  micOf,
  needsLease,
  NOBODY,
  stepSupervision,
  type ReturnCause,
  type Supervision,
  type SupervisionEffect,
  type SupervisionInput,
} from './supervision-machine.ts';

/** A desk that has not been heard of for this long has lost the call; beats come every 500 ms. The AI speaks again within 3 s (SUP12). */
export const LEASE_TTL_MS = 2000;
const LEASE_CHECK_MS = 250;

export interface CallSupervisionPorts {
  readonly append: (draft: CallEventDraft) => void;
  /** Silences and parks the AI. Synchronous: when this returns no AI sample of an older epoch can sound. */
  readonly fence: (cause: 'barge' | 'take-over') => { readonly epoch: number; readonly lastAiSample: number };
  readonly applyMatrix: (input: AudibilityInput) => AppliedMatrix;
  /** Gives the conversation back to the AI. */
  readonly returnFloor: (cause: ReturnCause, from: 'barge' | 'live') => void;
}

interface CallSupervisionDeps {
  readonly callId: CallId;
  readonly clock: Clock;
  readonly leases: LeaseBook;
  readonly ports: CallSupervisionPorts;
}

/** A takeover that waits for the media server. */
interface Opening {
  readonly enforced: Promise<void>;
  readonly sample: number;
  readonly startedMono: number;
  /** Which takeover it is. */
  readonly sinceMono: number;
}

/** Who was on a call when its host died. */
export interface PastPeople {
  readonly people: ReadonlyMap<UserId, HumanOnCall>;
  readonly names: ReadonlyMap<UserId, string>;
  readonly floor: {
    readonly userId: UserId;
    readonly mode: 'barge' | 'live';
    readonly heldMs: number;
  } | null;
  /** What that person has typed for the AI. */
  readonly takeoverNotes: readonly string[];
}

const isOnLine = ({ mic }: HumanOnCall): boolean => mic === 'barge' || mic === 'live';

/** The ladder of one call: steps the pure machine under the lease and carries out its effects, one command at a time. */
export class CallSupervision {
  readonly #deps: CallSupervisionDeps;
  #state: Supervision = NOBODY;
  readonly #names = new Map<UserId, string>();
  #lease: Lease | null = null;
  #lastBeatMono = 0;
  #watch: Cancel | null = null;
  #notes: string[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(deps: CallSupervisionDeps) {
    this.#deps = deps;
  }

  get state(): Supervision {
    return this.#state;
  }

  micOf(userId: UserId): MicMode {
    return micOf(this.#state, userId);
  }

  nameOf(userId: UserId): string {
    return this.#names.get(userId) ?? userId;
  }

  /** Typed by the person who has the call; the AI reads it when it gets the call back. */
  addNote(actor: Actor, text: string): void {
    if (this.#state.holder?.userId !== actor.userId)
      throw appError('lease.not-held', 'You do not have this call.');
    this.#deps.ports.append({ type: 'takeover.noted', ...this.#who(actor.userId), text });
    this.#notes.push(text);
  }

  /** Carries out one rung. Commands of a call never overlap. */
  step(actor: Actor, input: SupervisionInput, commandId: string): Promise<void> {
    const startedMono = this.#deps.clock.mono();
    this.#names.set(actor.userId, actor.name);
    const run = this.#queue.then(() => this.#step(actor, input, commandId, startedMono));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /**
   * Goes on as the host before left it. Whoever has the floor keeps it if their desk is alive and nobody else has taken the
   * lease; otherwise the AI has it. @param present whose desks are alive @returns who has the floor
   */
  async restore(past: PastPeople, present: ReadonlySet<string>): Promise<FloorHolder> {
    const { append, applyMatrix } = this.#deps.ports;
    for (const [userId, name] of past.names) this.#names.set(userId, name);
    this.#notes = [...past.takeoverNotes];
    const holder = past.floor && (await this.#keepsFloor(past.floor.userId, present)) ? past.floor : null;
    const humans = [...past.people.values()]
      .filter(human => present.has(human.userId) && (human.listening || human.mic !== 'monitor'))
      .map(human =>
        human.userId === holder?.userId || !isOnLine(human) ? human : { ...human, mic: 'monitor' as const },
      );
    const startedMono = this.#deps.clock.mono() - (past.floor?.heldMs ?? 0);
    this.#state = {
      humans,
      holder: holder && { userId: holder.userId, mode: holder.mode, sinceMono: startedMono },
    };
    for (const human of past.people.values())
      if (human.listening && !present.has(human.userId))
        append({ type: 'listener.left', ...this.#who(human.userId), cause: 'connection-lost' });
    if (past.floor && !holder) this.#ended(past.floor.userId, 'lease-lost', startedMono);
    if (humans.length > 0) {
      const { edges, sample } = applyMatrix({ floor: floorOf(this.#state), humans });
      append({ type: 'audibility.changed', edges: edges.map(([from, to]) => [from, to]), sample });
    }
    return floorOf(this.#state);
  }

  async #keepsFloor(userId: UserId, present: ReadonlySet<string>): Promise<boolean> {
    if (!present.has(userId)) return false;
    return this.#acquire(userId).then(
      () => true,
      () => false,
    );
  }

  /** The desk of this person is alive. */
  beat(userId: UserId): void {
    if (this.#state.holder?.userId !== userId) return;
    this.#lastBeatMono = this.#deps.clock.mono();
    const lease = this.#lease;
    if (!lease) return;
    void this.#deps.leases.renew(lease, LEASE_TTL_MS).then(renewed => {
      if (this.#lease?.generation === lease.generation && renewed) this.#lease = renewed;
    });
  }

  /**
   * This person has no desk any more. A listener simply leaves; whoever has the call keeps it until the lease runs out, so
   * that a reload costs nothing.
   */
  gone(actor: Actor): void {
    if (this.#state.holder?.userId === actor.userId) return;
    const human = this.#state.humans.find(candidate => candidate.userId === actor.userId);
    if (!human) return;
    this.#state = { ...this.#state, humans: this.#state.humans.filter(other => other !== human) };
    if (human.listening)
      this.#deps.ports.append({
        type: 'listener.left',
        ...this.#who(actor.userId),
        cause: 'connection-lost',
      });
    const { edges, sample, enforced } = this.#deps.ports.applyMatrix({
      floor: floorOf(this.#state),
      humans: this.#state.humans,
    });
    this.#deps.ports.append({
      type: 'audibility.changed',
      edges: edges.map(([from, to]) => [from, to]),
      sample,
    });
    enforced?.catch(() => undefined);
  }

  /** The call is over: everybody leaves, and a takeover ends with it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWatch();
    const { holder, humans } = this.#state;
    if (holder) this.#ended(holder.userId, 'call-ended', holder.sinceMono);
    for (const human of humans) {
      if (human.listening)
        this.#deps.ports.append({ type: 'listener.left', ...this.#who(human.userId), cause: 'call-ended' });
    }
    this.#state = NOBODY;
    if (this.#lease) void this.#deps.leases.release(this.#lease);
    this.#lease = null;
  }

  async #step(actor: Actor, input: SupervisionInput, commandId: string, startedMono: number): Promise<void> {
    if (this.#closed) throw appError('call.already-ended', 'The call has ended.');
    const before = this.#state;
    const wanted = stepSupervision(before, input);
    if (!wanted.ok) throw appError(wanted.code, wanted.message);
    if (needsLease(input.type) && before.holder?.userId !== actor.userId) {
      this.#deps.ports.append({
        type: 'takeover.requested',
        ...this.#who(actor.userId),
        commandId,
        mode: input.type === 'barge' ? 'barge' : 'take-over',
      });
      await this.#acquire(actor.userId);
      // The call may have ended while the store answered.
      if (this.#closed) throw appError('call.already-ended', 'The call has ended.');
    }
    const opening = this.#commit(before, wanted.next, wanted.effects, actor.userId, startedMono);
    if (opening) await this.#open(opening, actor, commandId);
    if (!wanted.next.holder) await this.#releaseLease();
  }

  /** The microphone opens only after both acks: the fence is done, and now the media server has silenced the AI too (SUP60). */
  async #open(opening: Opening, actor: Actor, commandId: string): Promise<void> {
    const { userId } = actor;
    const failure = await opening.enforced.then(
      () => null,
      (error: unknown) => new AppError(toErrorBody(error, 'worker'), { cause: error }),
    );
    if (this.#closed) throw appError('call.already-ended', 'The call has ended.');
    // Meanwhile the desk may have fallen silent and lost the call.
    if (this.#state.holder?.sinceMono !== opening.sinceMono)
      throw appError('lease.lost', 'You have lost this call.', { retryable: true });
    if (failure === null) {
      this.#tellLive(userId, opening.sample, opening.startedMono);
      return;
    }
    const nowMono = this.#deps.clock.mono();
    const { mode } = this.#state.holder;
    await this.#step(
      actor,
      mode === 'live' ? { type: 'undo', userId, nowMono: opening.sinceMono } : { type: 'step-down', userId },
      commandId,
      nowMono,
    );
    throw failure;
  }

  async #releaseLease(): Promise<void> {
    const lease = this.#lease;
    if (!lease) return;
    this.#lease = null;
    this.#stopWatch();
    await this.#deps.leases.release(lease);
  }

  /** @returns what has to be waited for before the person may speak, or `null` */
  #commit(
    before: Supervision,
    next: Supervision,
    effects: readonly SupervisionEffect[],
    userId: UserId,
    startedMono: number,
  ): Opening | null {
    this.#state = next;
    this.#tellPeople(before, next);
    const taken = effects.some(effect => effect.do === 'fence');
    let opening: Opening | null = null;
    for (const effect of effects) opening = this.#run(effect, taken, userId, startedMono) ?? opening;
    return opening;
  }

  #run(effect: SupervisionEffect, taken: boolean, userId: UserId, startedMono: number): Opening | null {
    const { ports, clock } = this.#deps;
    switch (effect.do) {
      case 'fence': {
        const { epoch, lastAiSample } = ports.fence(effect.cause);
        ports.append({
          type: 'takeover.fenced',
          ...this.#who(userId),
          epoch,
          lastAiSample,
          fenceMs: clock.mono() - startedMono,
        });
        return null;
      }
      case 'matrix': {
        const { edges, sample, enforced } = ports.applyMatrix({
          floor: floorOf(this.#state),
          humans: this.#state.humans,
        });
        ports.append({ type: 'audibility.changed', edges: edges.map(([from, to]) => [from, to]), sample });
        const { holder } = this.#state;
        // What else must be enforced is no answer's condition; the plane tells of it itself when it cannot.
        if (!taken || !holder) {
          enforced?.catch(() => undefined);
          return null;
        }
        this.#tellFloor(holder.mode, userId);
        if (enforced) return { enforced, sample, startedMono, sinceMono: holder.sinceMono };
        this.#tellLive(userId, sample, startedMono);
        return null;
      }
      case 'return-floor':
        this.#ended(userId, effect.cause, effect.sinceMono);
        ports.returnFloor(effect.cause, effect.from);
        return null;
      default:
        return assertNever(effect, 'supervision effect');
    }
  }

  #tellFloor(mode: 'barge' | 'live', userId: UserId): void {
    const cause = mode === 'live' ? 'take-over' : 'barge';
    this.#deps.ports.append({ type: 'floor.changed', holder: 'human', cause, ...this.#who(userId) });
  }

  #tellLive(userId: UserId, sample: number, startedMono: number): void {
    const { ports, clock } = this.#deps;
    const liveMs = clock.mono() - startedMono;
    ports.append({ type: 'takeover.live', ...this.#who(userId), firstHumanSample: sample, liveMs });
  }

  #ended(userId: UserId, cause: ReturnCause, sinceMono: number): void {
    const { ports, clock } = this.#deps;
    const who = this.#who(userId);
    ports.append({
      type: 'takeover.ended',
      ...who,
      cause,
      durationMs: clock.mono() - sinceMono,
      notes: this.#notes.join('\n'),
    });
    if (cause !== 'call-ended') ports.append({ type: 'floor.changed', holder: 'ai', cause, ...who });
    this.#notes = [];
  }

  async #acquire(userId: UserId): Promise<void> {
    const answer = await this.#deps.leases.acquire(this.#deps.callId, userId, LEASE_TTL_MS);
    if (!answer.won) throw appError('lease.held-by-other', `${this.nameOf(answer.holder)} has this call.`);
    this.#lease = answer.lease;
    this.#lastBeatMono = this.#deps.clock.mono();
    this.#stopWatch();
    this.#watchLease();
  }

  /** Dead-man's switch: a holder whose desk is silent loses the call (SUP12). */
  #watchLease(): void {
    this.#watch = this.#deps.clock.after(LEASE_CHECK_MS, () => {
      const { holder } = this.#state;
      if (!holder || this.#closed) return;
      if (this.#deps.clock.mono() - this.#lastBeatMono < LEASE_TTL_MS) {
        this.#watchLease();
        return;
      }
      const before = this.#state;
      const lost = stepSupervision(before, { type: 'lease-lost', userId: holder.userId });
      if (lost.ok) this.#commit(before, lost.next, lost.effects, holder.userId, this.#deps.clock.mono());
      if (this.#lease) void this.#deps.leases.release(this.#lease);
      this.#lease = null;
    });
  }

  #stopWatch(): void {
    this.#watch?.();
    this.#watch = null;
  }

  /** Joins, leaves and microphone changes, as events. */
  #tellPeople(before: Supervision, next: Supervision): void {
    const { append } = this.#deps.ports;
    for (const userId of new Set([...before.humans, ...next.humans].map(human => human.userId))) {
      const was = before.humans.find(human => human.userId === userId);
      const is = next.humans.find(human => human.userId === userId);
      if (!was?.listening && is?.listening) append({ type: 'listener.joined', ...this.#who(userId) });
      const from = was?.mic ?? 'monitor';
      const to = is?.mic ?? 'monitor';
      if (from !== to) append({ type: 'mic.changed', ...this.#who(userId), from, to });
      if (was?.listening && !is?.listening)
        append({ type: 'listener.left', ...this.#who(userId), cause: 'asked' });
    }
  }

  #who(userId: UserId): { readonly userId: string; readonly userName: string } {
    return { userId, userName: this.nameOf(userId) };
  }
}
