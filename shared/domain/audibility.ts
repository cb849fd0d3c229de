import { z } from 'zod';
import type { FloorHolder } from './call.ts';
import type { HushScope } from './hush.ts';
import type { UserId } from './ids.ts';

/**
 * Microphone of a person at the desk.
 * `monitor` no device is open; `armed` the device is open and metered, no edge to anybody;
 * `barge` the caller hears this person and the AI is held; `live` this person has taken over.
 */
export const micModeSchema = z.enum(['monitor', 'armed', 'barge', 'live']);
export type MicMode = z.infer<typeof micModeSchema>;

/**
 * `coach:` is a person of ours as they whisper, apart from what they say on the line. `colleague` is a phone that was called for a
 * transfer and has the caller now; `hold` is the tone that the line plays to a caller who waits for one.
 */
export type Party = 'caller' | 'ai' | 'colleague' | 'hold' | `human:${string}` | `coach:${string}`;

/** A person of ours who is on the call in some mode. */
export interface HumanOnCall {
  readonly userId: UserId;
  readonly listening: boolean;
  readonly mic: MicMode;
  /** Whispers by voice to the person whom the caller hears. */
  readonly coaching?: boolean;
}

export interface AudibilityInput {
  readonly floor: FloorHolder;
  readonly humans: readonly HumanOnCall[];
  /** A colleague on the phone has the caller (HEAR7). */
  readonly colleague?: boolean;
  /** The line has the caller on hold (HEAR8). */
  readonly hold?: boolean;
  /** Card data is being said: whom nobody may hear (HUSH3). */
  readonly hush?: HushScope | null;
}

/** `[speaker, listener]`: the listener hears the speaker. */
export type AudibilityEdge = readonly [speaker: Party, listener: Party];

export function humanParty(userId: UserId): Party {
  return `human:${userId}`;
}

export function coachParty(userId: UserId): Party {
  return `coach:${userId}`;
}

/**
 * Who hears whom. Pure and total; both media planes, the console and the tests read it, nobody else decides.
 * - The AI always hears the caller, and never hears a person of ours (it gets their words only as text).
 * - The caller hears the AI only while the AI has the floor, and a person only in `barge` or `live`.
 * - During a hush no listener hears anybody; whoever has the call hears the caller, unless the org wants otherwise.
 * - A listener hears everybody whom the caller hears, and the caller; nobody hears themselves.
 * - A coach is heard by the person whom the caller hears and by nobody else, and not at all where there is none.
 * - A colleague on the phone and the caller hear each other, and then nobody hears the AI; a person who speaks is heard by both.
 * - On hold the caller hears the tone of the line and not the AI; a person who speaks is heard instead of the tone.
 * Source: docs/spec/audibility.md HEAR1-HEAR8, HUSH3.
 */
export function audibility(input: AudibilityInput): readonly AudibilityEdge[] {
  const speaking = input.humans.filter(human => human.mic === 'barge' || human.mic === 'live');
  const colleague = input.colleague === true;
  const onHold = input.hold === true && !colleague && speaking.length === 0;
  const aiAudible = input.floor === 'ai' && speaking.length === 0 && !colleague && !onHold;
  const edges: AudibilityEdge[] = [['caller', 'ai']];
  if (aiAudible) edges.push(['ai', 'caller']);
  if (onHold) edges.push(['hold', 'caller']);
  for (const human of speaking) edges.push([humanParty(human.userId), 'caller']);
  if (colleague) edges.push(...edgesOfColleague(speaking, input.hush ?? null));
  for (const listener of input.humans) {
    const onLine = listener.mic === 'barge' || listener.mic === 'live';
    if (!listener.listening && !onLine) continue;
    if (input.hush === 'everybody' || (input.hush === 'listeners' && listener.mic !== 'live')) continue;
    const me = humanParty(listener.userId);
    edges.push(['caller', me]);
    if (aiAudible) edges.push(['ai', me]);
    if (onHold) edges.push(['hold', me]);
    if (colleague) edges.push(['colleague', me]);
    for (const other of speaking)
      if (other.userId !== listener.userId) edges.push([humanParty(other.userId), me]);
  }
  for (const coach of input.humans.filter(human => human.coaching === true && !speaking.includes(human)))
    for (const coached of speaking)
      if (input.hush !== 'everybody') edges.push([coachParty(coach.userId), humanParty(coached.userId)]);
  return edges;
}

/** They have the call as somebody has who took it over, so a hush takes the caller from them only where it takes them from everybody. */
function edgesOfColleague(
  speaking: readonly HumanOnCall[],
  hush: HushScope | null,
): readonly AudibilityEdge[] {
  return [
    ['colleague', 'caller'],
    ...(hush === 'everybody' ? [] : [['caller', 'colleague'] as const]),
    ...speaking.map(human => [humanParty(human.userId), 'colleague'] as const),
  ];
}

export function hears(edges: readonly AudibilityEdge[], speaker: Party, listener: Party): boolean {
  return edges.some(([from, to]) => from === speaker && to === listener);
}
