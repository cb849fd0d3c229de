import { useCallback } from 'react';
import { LaneTimeline } from '#renderer/components/lane-timeline.tsx';
import {
  useCall,
  useConsole,
  useDesk,
  useFloor,
  useNow,
  useReplay,
  useShown,
} from '#renderer/stores/use-console.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { CAUSE_WORDS } from '#shared/projections/words.ts';
import { useFrameLoop } from '../use-frames.ts';

/** How often the axis is drawn anew; between, it only slides. */
const DRAW_EVERY_MS = 500;

export function CallLanes() {
  const { clock, replay } = useConsole();
  const frames = useFrameLoop();
  const spans = useShown(state => state.lanes.spans);
  const timeline = useCall(state => state.timeline);
  const next = useFloor(state => (timeline.callId === null ? undefined : state.next[timeline.callId]));
  const scrubMs = useReplay(state => state.atMs);
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const tickMs = useNow(DRAW_EVERY_MS);
  const { endedAtMs } = timeline;
  const headMs = endedAtMs ?? tickMs;
  const readNowMs = useCallback(
    () => replay.state.getState().atMs ?? endedAtMs ?? clock.now(),
    [replay, endedAtMs, clock],
  );
  const taken = timeline.takeover;
  const withheldWords = `withheld: ${
    taken === null
      ? CAUSE_WORDS['taken-over']
      : taken.userId === myId
        ? 'you took over'
        : `${taken.userName} took over`
  }`;
  return (
    <LaneTimeline
      spans={spans}
      originMs={timeline.connectedAtMs ?? timeline.ringingAtMs ?? headMs}
      endedAtMs={endedAtMs}
      nowMs={scrubMs ?? headMs}
      leadMs={0}
      live={scrubMs === null}
      withheldWords={taken === null ? withheldCause(timeline) : withheldWords}
      readNowMs={readNowMs}
      frames={frames}
      onScrub={atMs => replay.seek(atMs)}
      {...(next === undefined ? {} : { leadMs: Math.min(next.leadMs, 300) })}
    />
  );
}

function withheldCause({ chunks, chunkOrder }: CallTimeline): string {
  const last = chunkOrder.findLast(id => chunks[id]?.state === 'withheld');
  const cause = last === undefined ? null : chunks[last]?.cause;
  return cause === null || cause === undefined ? 'withheld' : `withheld: ${CAUSE_WORDS[cause]}`;
}
