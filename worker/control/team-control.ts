import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { ControlChannel, HeardWord } from '#shared/adapters/control-channel.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, CommandId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { ControlWord } from '#shared/protocol/control-channel.ts';

/** Nobody waits longer for another worker. */
const ANSWER_LIMIT_MS = 5_000;

export interface TeamControlDeps {
  readonly channel: ControlChannel;
  readonly workerId: string;
  readonly desk: Pick<CallDesk, 'run' | 'openCalls'>;
  /** Lets a scripted caller ring here; `null` where there is no demo. */
  readonly ringCaller: ((scenario: string | null) => CallId) | null;
  readonly reloadPolicies: (orgId: OrgId) => void;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onError: (error: unknown) => void;
}

/** This worker's part in the control channel of its team: it asks others, and does what they ask (KN40). */
export class TeamControl {
  readonly #deps: TeamControlDeps;
  readonly #asked = new Map<string, PromiseWithResolvers<CallId>>();
  readonly #stopHearing: () => void;

  constructor(deps: TeamControlDeps) {
    this.#deps = deps;
    this.#stopHearing = deps.channel.onWord(word => void this.#hear(word).catch(deps.onError));
  }

  /** Lets a scripted caller ring on one worker. Rejects with its refusal, or with `worker.unreachable`. */
  startSession(orgId: OrgId, workerId: string, scenario: string | null): Promise<CallId> {
    return this.#ask(requestId => ({ type: 'start-session', requestId, workerId, orgId, scenario }));
  }

  /** Ends a call wherever it runs. The actor has the right; rejects as `startSession` does. */
  endSession({ orgId, userId, name }: Actor, callId: CallId): Promise<CallId> {
    return this.#ask(requestId => ({
      type: 'end-session',
      requestId,
      orgId,
      callId,
      userId,
      userName: name,
    }));
  }

  /** Every worker reads what is published again. */
  rotateKnowledge(orgId: OrgId): void {
    this.#deps.channel.say({ type: 'rotate-knowledge', orgId }).catch(this.#deps.onError);
  }

  stop(): void {
    this.#stopHearing();
    for (const asked of this.#asked.values()) asked.reject(nobody());
    this.#asked.clear();
  }

  async #ask(word: (requestId: string) => ControlWord): Promise<CallId> {
    const { channel, clock, newId } = this.#deps;
    const requestId = newId();
    const answer = Promise.withResolvers<CallId>();
    this.#asked.set(requestId, answer);
    const cancel = clock.after(ANSWER_LIMIT_MS, () => answer.reject(nobody()));
    try {
      await channel.say(word(requestId));
      return await answer.promise;
    } finally {
      cancel();
      this.#asked.delete(requestId);
    }
  }

  async #hear(word: HeardWord): Promise<void> {
    const { workerId, reloadPolicies } = this.#deps;
    switch (word.type) {
      case 'start-session':
        if (word.workerId === workerId) await this.#answer(word.requestId, () => this.#ring(word.scenario));
        return;
      case 'end-session':
        if (this.#deps.desk.openCalls().includes(word.callId))
          await this.#answer(word.requestId, () => this.#end(word));
        return;
      case 'done':
        this.#asked.get(word.requestId)?.resolve(word.callId);
        return;
      case 'failed':
        this.#asked.get(word.requestId)?.reject(new AppError(word.error));
        return;
      case 'reload-policy':
        reloadPolicies(word.orgId);
        return;
      case 'rotate-knowledge':
      case 'knowledge-changed':
      case 'maybe-missed':
        return;
    }
  }

  async #answer(requestId: string, work: () => CallId | Promise<CallId>): Promise<void> {
    const { channel } = this.#deps;
    try {
      await channel.say({ type: 'done', requestId, callId: await work() });
    } catch (error) {
      await channel.say({ type: 'failed', requestId, error: toErrorBody(error, 'worker') });
    }
  }

  #ring(scenario: string | null): CallId {
    const { ringCaller } = this.#deps;
    if (!ringCaller) throw appError('input.invalid', 'This worker has no scripted callers.');
    return ringCaller(scenario);
  }

  async #end({
    requestId,
    orgId,
    callId,
    userId,
    userName,
  }: Extract<ControlWord, { readonly type: 'end-session' }>): Promise<CallId> {
    // The right was checked where it was asked; what the call's log says of who it was is the same person.
    const actor: Actor = { userId: userId as UserId, orgId, name: userName, role: 'supervisor' };
    await this.#deps.desk.run(
      { callId, commandId: requestId as CommandId, verb: 'end-call', args: {} },
      actor,
    );
    return callId;
  }
}

const nobody = (): AppError =>
  appError('worker.unreachable', 'No worker of the team has answered. Try again.', { retryable: true });
