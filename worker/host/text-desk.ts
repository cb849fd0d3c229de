import type { ChatDesk } from '#shared/adapters/chat-desk.ts';
import type { Cancel } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { ChatAnswer, ChatRequest } from '#shared/protocol/chat.ts';
import { TextConversation, type TextConversationDeps } from '#worker/session/text-conversation.ts';

/** A conversation that nobody goes on with is over (API43). */
export const TEXT_IDLE_MS = 600_000;
/** Conversations at a time; the one that was used least recently gives way. */
const MAX_OPEN = 100;

interface Open {
  readonly conversation: TextConversation;
  cancelIdle: Cancel;
}

/** The text conversations of one worker, beside its calls (API40-API43). */
export class TextDesk implements ChatDesk {
  readonly #deps: Omit<TextConversationDeps, 'orgId' | 'displayName'>;
  /** Least recently used first. */
  readonly #open = new Map<CallId, Open>();

  constructor(deps: Omit<TextConversationDeps, 'orgId' | 'displayName'>) {
    this.#deps = deps;
  }

  async chat({ conversationId, text }: ChatRequest, actor: Actor, signal: AbortSignal): Promise<ChatAnswer> {
    const conversation =
      conversationId === undefined ? this.#begin(actor) : this.#known(conversationId as CallId, actor);
    this.#touch(conversation);
    return conversation.say(text, signal);
  }

  /** @returns false when no such conversation is open */
  append(callId: CallId, draft: CallEventDraft): boolean {
    return (this.#open.get(callId)?.conversation.append(draft) ?? null) !== null;
  }

  stop(): void {
    for (const { conversation } of [...this.#open.values()]) this.#end(conversation, 'worker-stopped');
  }

  #begin(actor: Actor): TextConversation {
    const [oldest] = this.#open.values();
    if (this.#open.size >= MAX_OPEN && oldest) this.#end(oldest.conversation, 'caller-hung-up');
    const { orgId, name } = actor;
    return new TextConversation(this.#deps.newId() as CallId, { ...this.#deps, orgId, displayName: name });
  }

  /** Another org's conversation does not exist. */
  #known(callId: CallId, actor: Actor): TextConversation {
    const conversation = this.#open.get(callId)?.conversation;
    if (conversation?.orgId !== actor.orgId)
      throw appError('call.unknown', 'There is no such conversation, or it has ended. Begin a new one.');
    return conversation;
  }

  #touch(conversation: TextConversation): void {
    const { callId } = conversation;
    this.#open.get(callId)?.cancelIdle();
    this.#open.delete(callId);
    const cancelIdle = this.#deps.clock.after(TEXT_IDLE_MS, () => this.#end(conversation, 'caller-hung-up'));
    this.#open.set(callId, { conversation, cancelIdle });
  }

  #end(conversation: TextConversation, reason: 'caller-hung-up' | 'worker-stopped'): void {
    this.#open.get(conversation.callId)?.cancelIdle();
    this.#open.delete(conversation.callId);
    conversation.end(reason);
  }
}
