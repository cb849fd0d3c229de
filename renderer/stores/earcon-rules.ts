import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { LinkState } from '#shared/ipc/commands.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { whoHearsWhom } from '#shared/projections/who-hears-whom.ts';
import { EARCONS, type Earcon } from '#renderer/media/earcons.ts';

/** What decides which events are for this person's ears. */
export interface EarconScene {
  /** The opened call; null on the floor. */
  readonly callId: CallId | null;
  readonly isOnLine: boolean;
  /** Empty while nobody is signed in. */
  readonly userId: string;
  /** Who hears whom on the opened call before the event; null while that is not known. */
  readonly edges: CallTimeline['edges'] | null;
}

/** A call that needs somebody is heard from anywhere; everything else only of the call that is open. */
export function earconOf(event: CallEvent, scene: EarconScene): Earcon | null {
  const { callId, isOnLine } = scene;
  const mine = event.conversationId === callId;
  // Who speaks with a caller is not called away by another call.
  if (event.type === 'attention.raised') return !mine && isOnLine ? null : 'call-needs-person';
  if (!mine) return null;
  switch (event.type) {
    case 'chunk.vetoed':
      // Who pressed the key knows it.
      return event.by === 'policy' ? 'veto' : null;
    case 'tool.finished':
      return event.status === 'error' || event.status === 'timeout' ? 'tool-failed' : null;
    case 'silence.noticed':
      return 'silence';
    case 'takeover.live':
      return 'takeover-on';
    case 'takeover.ended':
      return event.cause === 'call-ended' ? null : 'takeover-off';
    case 'audibility.changed':
      // Only what begins: the matrix is told anew for many reasons while somebody whispers.
      return scene.edges && !isWhisperedTo(scene.edges, scene) && isWhisperedTo(event.edges, scene)
        ? 'whispered-to'
        : null;
    default:
      return null;
  }
}

const isWhisperedTo = (edges: CallTimeline['edges'], { userId }: EarconScene): boolean =>
  whoHearsWhom({ edges, people: [] }, userId).coaches !== null;

/** The scene as it is for what happens after this event. */
export const sceneAfter = (scene: EarconScene, event: CallEvent): EarconScene =>
  event.type === 'audibility.changed' && event.conversationId === scene.callId && scene.edges
    ? { ...scene, edges: event.edges }
    : scene;

/** The link tells of itself: lost once, back once, and nothing at the start. */
export function linkEarcon(before: LinkState['name'] | null, after: LinkState['name'] | null): Earcon | null {
  if (before === 'live' && after === 'lost') return 'link-lost';
  return before === 'lost' && after === 'live' ? 'link-back' : null;
}

/** Between any two sounds, and between two of the same: more is noise, not news. */
export const ANY_GAP_MS = 600;
export const SAME_GAP_MS = 3_000;

/** When each sound was last heard, monotonic milliseconds. */
export type EarconLog = Readonly<Partial<Record<Earcon, number>>>;

/** The one sound for what happened at once, the most urgent that may be heard; the others are dropped, never kept. */
export function nextEarcon(log: EarconLog, wanted: readonly Earcon[], mono: number): Earcon | null {
  const lastAny = Math.max(-Infinity, ...Object.values(log));
  if (mono - lastAny < ANY_GAP_MS) return null;
  return (
    EARCONS.find(earcon => wanted.includes(earcon) && mono - (log[earcon] ?? -Infinity) >= SAME_GAP_MS) ??
    null
  );
}
