import type { Actor } from '#shared/domain/roles.ts';
import type { ChatAnswer, ChatRequest } from '#shared/protocol/chat.ts';

/**
 * Conversations in text, through the lanes of a call. Requests are parsed and authorised when they arrive here. Rejects with
 * `call.unknown` for a conversation that is not open in this person's org.
 */
export interface ChatDesk {
  chat(request: ChatRequest, actor: Actor, signal: AbortSignal): Promise<ChatAnswer>;
}
