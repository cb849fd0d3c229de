import { coachParty, hears, humanParty, type AudibilityEdge } from '#shared/domain/audibility.ts';
import { roleOf } from '#shared/domain/rooms.ts';
import type { RoomPerson } from '#worker/livekit/room-people.ts';

/** What the server has to do so that a room's audio goes where the matrix says, and nowhere else. */
export type RoomAction =
  | { readonly do: 'mute'; readonly identity: string; readonly trackSid: string; readonly muted: boolean }
  | { readonly do: 'hear'; readonly person: RoomPerson; readonly on: boolean }
  | { readonly do: 'remove'; readonly identity: string };

/** In this order: nobody begins to speak or to hear while somebody who may not is still on. */
export interface RoomPlan {
  readonly first: readonly RoomAction[];
  readonly then: readonly RoomAction[];
  /** Who spoke without being let; muted where it is the first time. */
  readonly strays: readonly { readonly identity: string; readonly outcome: 'muted' | 'removed' }[];
}

export interface RoomRules {
  readonly kind: 'call' | 'coach';
  readonly edges: readonly AudibilityEdge[];
  /** Whether this person of ours was put to silence before and has not been let speak since. */
  readonly warned: (identity: string) => boolean;
}

/**
 * Compares a room with the matrix. Pure. People of ours unmute themselves, the server only ever mutes them; the AI is muted and
 * unmuted here, and its right to publish is never touched: taking it back kills the process that publishes (measured).
 */
export function planRoom(people: readonly RoomPerson[], rules: RoomRules): RoomPlan {
  const actions: RoomAction[] = [];
  const strays: { identity: string; outcome: 'muted' | 'removed' }[] = [];
  for (const person of people) {
    const { identity, audio } = person;
    const may = rightsOf(identity, rules);
    if (may === null) continue;
    const wrong = audio.filter(track => !track.muted && !may.speak);
    if (may.leave && (may.leave === 'always' || wrong.length > 0)) {
      actions.push({ do: 'remove', identity });
      strays.push({ identity, outcome: 'removed' });
      continue;
    }
    if (wrong.length > 0 && !may.isAi) {
      const isSecond = rules.warned(identity);
      strays.push({ identity, outcome: isSecond ? 'removed' : 'muted' });
      if (isSecond) actions.push({ do: 'remove', identity });
    }
    for (const { sid: trackSid } of wrong) actions.push({ do: 'mute', identity, trackSid, muted: true });
    if (may.isAi && may.speak)
      for (const { sid: trackSid } of audio.filter(track => track.muted))
        actions.push({ do: 'mute', identity, trackSid, muted: false });
    if (!may.isAi && person.mayHear !== may.hear) actions.push({ do: 'hear', person, on: may.hear });
  }
  const opens = (action: RoomAction): boolean =>
    (action.do === 'mute' && !action.muted) || (action.do === 'hear' && action.on);
  return { first: actions.filter(action => !opens(action)), then: actions.filter(opens), strays };
}

/** Whether the worker's own track has the caller to itself: with the AI, or with the tone of the line (HEAR8). */
export const workerSoundsAlone = (edges: readonly AudibilityEdge[]): boolean =>
  hears(edges, 'ai', 'caller') || hears(edges, 'hold', 'caller');

/** Whether the worker's own track may sound: alone, or with what it brings the caller of a colleague on the phone (HEAR7). */
export const workerSounds = (edges: readonly AudibilityEdge[]): boolean =>
  workerSoundsAlone(edges) || hears(edges, 'colleague', 'caller');

interface Rights {
  readonly speak: boolean;
  readonly hear: boolean;
  readonly isAi: boolean;
  /** Does not belong here at all, or not once it makes itself heard. */
  readonly leave: 'always' | 'when-speaking' | null;
}

const OUT: Rights = { speak: false, hear: false, isAi: false, leave: 'always' };

/** @returns `null` for whom nothing is decided here: callers, and phones that nothing was said of */
function rightsOf(identity: string, { kind, edges }: RoomRules): Rights | null {
  const who = roleOf(identity);
  if (kind === 'coach') {
    if (who.role !== 'coach') return OUT;
    const me = humanParty(who.userId);
    return {
      speak: edges.some(([from]) => from === coachParty(who.userId)),
      hear: edges.some(([from, to]) => from.startsWith('coach:') && to === me),
      isAi: false,
      leave: null,
    };
  }
  switch (who.role) {
    case 'caller':
    case 'sip':
      return null;
    case 'colleague':
      // Before they have the caller the matrix knows nothing of them; the server never mutes a phone, which nobody could undo.
      return hears(edges, 'colleague', 'caller')
        ? { speak: true, hear: hears(edges, 'caller', 'colleague'), isAi: false, leave: null }
        : null;
    case 'ai':
      return { speak: workerSounds(edges), hear: true, isAi: true, leave: null };
    case 'live':
      return {
        speak: hears(edges, humanParty(who.userId), 'caller'),
        hear: false,
        isAi: false,
        leave: null,
      };
    case 'monitor':
      return {
        speak: false,
        hear: hears(edges, 'caller', humanParty(who.userId)),
        isAi: false,
        leave: null,
      };
    case 'coach':
      return OUT;
    case 'unknown':
      return { speak: false, hear: true, isAi: false, leave: 'when-speaking' };
  }
}
