import { KeyButton } from '#renderer/components/key-button.tsx';
import { NextStrip } from '#renderer/components/next-strip.tsx';
import { mayDo } from '#renderer/stores/rights.ts';
import { useCall, useConsole, useDesk, useFloor, useKeyOf } from '#renderer/stores/use-console.ts';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { useFrameLoop } from '../use-frames.ts';
import { useLead } from '../use-lead.ts';
import { CoachNote } from './coach-note.tsx';
import { useSources } from './use-sources.ts';

/** What the AI is about to say, or why it says nothing. Its place never closes, so nothing below it moves. */
export function CallStrip() {
  const { actions } = useConsole();
  const frames = useFrameLoop();
  const keyOf = useKeyOf();
  const desk = useDesk(state => state);
  const callId = useCall(state => state.callId);
  const timeline = useCall(state => state.timeline);
  const next = useFloor(state => (callId === null ? undefined : state.next[callId]));
  const sources = useSources();
  const readLeadMs = useLead(next);
  if (callId === null) return null;
  if (!next || timeline.floor === 'human')
    return (
      <section
        aria-label="About to say"
        className="flex min-h-[62px] flex-none flex-wrap items-center gap-x-4 border-b border-line-2 px-5 text-muted"
      >
        <span className="flex-[1_1_240px]">{idleWords(timeline)}</span>
        <CoachNote />
        {timeline.endedAtMs === null && timeline.floor === 'ai' && mayDo(desk, 'hold-speech') && (
          <KeyButton
            label={timeline.held ? 'Resume' : 'Hold'}
            shortcut={keyOf('hold')}
            onPress={() => void actions.toggleHold(callId)}
          />
        )}
      </section>
    );
  const citations = timeline.chunks[next.chunkId]?.citations ?? [];
  return (
    <NextStrip
      text={next.text}
      citations={citations.flatMap(({ sourceId }) => sources.get(sourceId) ?? [])}
      held={next.held}
      fullLeadMs={next.fullLeadMs}
      readLeadMs={readLeadMs}
      frames={frames}
      vetoKey={keyOf('veto')}
      holdKey={keyOf('hold')}
      mayVeto={mayDo(desk, 'veto-chunk')}
      mayHold={mayDo(desk, 'hold-speech')}
      onVeto={() => void actions.veto(callId)}
      onHold={() => void actions.toggleHold(callId)}
    />
  );
}

function idleWords({ endedAtMs, floor, takeover, people, floorUserId, held, parked }: CallTimeline): string {
  if (endedAtMs !== null) return 'The call is over';
  if (floor === 'human') {
    const name =
      takeover?.userName ?? people.find(person => person.userId === floorUserId)?.name ?? 'A person';
    return `${name} is on the line. The AI is silent and still listening`;
  }
  if (parked !== null)
    return parked.with === 'colleague'
      ? 'The caller is with a colleague. The AI is silent and still listening'
      : 'The caller is on hold. The AI is silent';
  return held ? `${held.userName} holds the AI` : 'The AI has nothing waiting to be said';
}
