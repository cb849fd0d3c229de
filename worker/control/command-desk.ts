import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { type AppError, appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import {
  commandAnswerSchema,
  supervisionCommandSchema,
  VERB_CAPABILITY,
  type CommandAnswer,
  type SupervisionCommand,
} from '#shared/protocol/supervision.ts';
import type { Store } from '#worker/store/store.ts';

export interface CommandDeskDeps {
  readonly desk: CallDesk;
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Whether the call is another org's. */
  readonly isForeign: (callId: CallId, orgId: OrgId) => boolean;
  /** @returns false when the call is not open here */
  readonly appendToCall: (callId: CallId, draft: CallEventDraft) => boolean;
}

/**
 * The one door for commands of people: parses, authorises, runs each command once, and writes down what became of it. The
 * same command again gets the first answer, also while the first is still running and after a restart (API10-API14).
 */
export class CommandDesk {
  readonly #deps: CommandDeskDeps;
  readonly #running = new Map<string, Promise<CommandAnswer>>();

  constructor(deps: CommandDeskDeps) {
    this.#deps = deps;
  }

  async answer(input: unknown, actor: Actor): Promise<CommandAnswer> {
    const parsed = supervisionCommandSchema.safeParse(input);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refusal(
        appError(
          'input.invalid',
          `The command is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
        ),
      );
    }
    const command = parsed.data;
    const key = `${actor.userId}\n${command.commandId}`;
    const running = this.#running.get(key);
    if (running) return running;
    const answer = this.#once(command, actor).finally(() => this.#running.delete(key));
    this.#running.set(key, answer);
    return answer;
  }

  async #once(command: SupervisionCommand, actor: Actor): Promise<CommandAnswer> {
    const { store, clock } = this.#deps;
    // The takeover must not wait for a look at the disk: what was answered in this process is in `#done`.
    const known =
      this.#done.get(`${actor.userId}\n${command.commandId}`) ?? (await this.#stored(command, actor));
    if (known) return known;
    const startedMono = clock.mono();
    const answer = await this.#run(command, actor);
    this.#remember(`${actor.userId}\n${command.commandId}`, answer);
    this.#record(command, actor, answer, clock.mono() - startedMono);
    await store
      .saveCommandAnswer(actor.userId, command.commandId, JSON.stringify(answer), clock.now())
      .catch(() => undefined);
    return answer;
  }

  readonly #done = new Map<string, CommandAnswer>();

  /** A command that this process has not seen may have been answered by the one before. */
  async #stored(command: SupervisionCommand, actor: Actor): Promise<CommandAnswer | null> {
    const stored = await this.#deps.store.commandAnswer(actor.userId, command.commandId).catch(() => null);
    return stored === null ? null : commandAnswerSchema.parse(JSON.parse(stored));
  }

  #remember(key: string, answer: CommandAnswer): void {
    this.#done.set(key, answer);
    const oldest = this.#done.keys().next();
    if (this.#done.size > 1000 && !oldest.done) this.#done.delete(oldest.value);
  }

  async #run(command: SupervisionCommand, actor: Actor): Promise<CommandAnswer> {
    const capability = VERB_CAPABILITY[command.verb];
    if (!may(actor.role, capability)) {
      return refusal(
        appError('access.denied', `Your role may not do this; it needs the right ${capability}.`),
      );
    }
    if (this.#deps.isForeign(command.callId, actor.orgId))
      return refusal(appError('call.unknown', 'This call is not running here.'));
    try {
      return { ok: true, value: await this.#deps.desk.run(command, actor) };
    } catch (error) {
      return { ok: false, error: toErrorBody(error, 'worker') };
    }
  }

  #record(command: SupervisionCommand, actor: Actor, answer: CommandAnswer, tookMs: number): void {
    const code = answer.ok ? null : answer.error.code;
    const outcome = answer.ok ? 'done' : code === 'access.denied' ? 'denied' : 'refused';
    const { callId, commandId, verb } = command;
    // The log of another org's call has nothing of us, not even that we were refused (ACC14).
    const isForeign = this.#deps.isForeign(callId, actor.orgId);
    const append = isForeign ? () => false : this.#deps.appendToCall;
    const inLog = append(callId, {
      type: 'command.finished',
      userId: actor.userId,
      userName: actor.name,
      commandId,
      verb,
      outcome,
      code,
      tookMs: Math.max(0, tookMs),
    });
    if (inLog) return;
    const { store, clock, newId } = this.#deps;
    void store
      .recordAccess({
        id: newId(),
        orgId: actor.orgId,
        userId: actor.userId,
        action: verb,
        outcome,
        atMs: clock.now(),
        payload: { callId, commandId, code },
      })
      .catch(() => undefined);
  }
}

function refusal(error: AppError): CommandAnswer {
  return { ok: false, error: error.body };
}
