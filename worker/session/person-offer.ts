import type { AttentionReason } from '#shared/domain/call.ts';

/** Reasons for which a caller may want a person and has not asked for one; the others are told to a person only. */
const OFFERED_FOR: readonly AttentionReason[] = ['outside-knowledge', 'frustrated', 'vetoed-often'];

export type PersonOffer = 'none' | 'wanted' | 'made';

/** The AI offers a person once per call; it waits until nothing sounds any more (ESC9). Pure. */
export function stepPersonOffer(
  offer: PersonOffer,
  input:
    | { readonly type: 'raised'; readonly reason: AttentionReason }
    | { readonly type: 'quiet'; readonly floor: 'ai' | 'human'; readonly held: boolean },
): readonly [next: PersonOffer, say: boolean] {
  if (input.type === 'raised') {
    // Somebody who asked has been told already.
    if (input.reason === 'asked-for-person' || input.reason === 'answer-failed') return ['made', false];
    return [offer === 'none' && OFFERED_FOR.includes(input.reason) ? 'wanted' : offer, false];
  }
  return offer === 'wanted' && input.floor === 'ai' && !input.held ? ['made', true] : [offer, false];
}
