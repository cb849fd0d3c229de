import type { CallMood } from '#renderer/components/turn-state.tsx';
import type { CallSummary } from '#shared/projections/live-board.ts';
import type { TurnStateName } from '#shared/domain/turn-state.ts';
import { endWords, TURN_WORDS } from '#shared/projections/words.ts';

const MOOD: Readonly<Record<TurnStateName, CallMood>> = {
  IDLE: 'ringing',
  LISTENING: 'listening',
  USER_SPEAKING: 'caller',
  USER_PAUSED: 'caller',
  THINKING: 'thinking',
  SPEAKING: 'speaking',
  INTERRUPTED: 'interrupted',
  ENDING: 'ended',
};

/** What a call is doing, in one icon and two words. A person or a hold overrules the AI's turn. */
export function moodOf(
  call: CallSummary,
  myUserId: string,
): { readonly mood: CallMood; readonly words: string } {
  if (call.phase === 'ended') return { mood: 'ended', words: endWords(call.endReason ?? '', call.endCode) };
  if (call.phase === 'ringing') return { mood: 'ringing', words: 'Ringing' };
  if (call.floor === 'human')
    return { mood: 'person', words: call.floorUserId === myUserId ? 'You are speaking' : 'With a person' };
  if (call.parked)
    return { mood: 'parked', words: call.parked.with === 'colleague' ? 'With a colleague' : 'On hold' };
  if (call.heldByName !== null) return { mood: 'held', words: 'Held' };
  return { mood: MOOD[call.turn], words: TURN_WORDS[call.turn] };
}

/** Since when a call counts its time. */
export const startOf = (call: Pick<CallSummary, 'connectedAtMs' | 'ringingAtMs'>): number =>
  call.connectedAtMs ?? call.ringingAtMs;
