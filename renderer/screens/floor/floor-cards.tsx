import { memo } from 'react';
import { NeedCard } from '#renderer/components/need-card.tsx';
import { useConsole, useDesk, useFloor, useUi } from '#renderer/stores/use-console.ts';
import type { CallSummary } from '#shared/projections/live-board.ts';
import { ATTENTION_WORDS, parkedWords } from '#shared/projections/words.ts';
import { startOf } from '../call-words.ts';
import { Elapsed } from '../elapsed.tsx';

interface FloorCardsProps {
  readonly calls: readonly CallSummary[];
  readonly nowMs: number;
}

/** Calls that need a person, worst first. Absent when there are none. */
export function FloorCards({ calls, nowMs }: FloorCardsProps) {
  if (calls.length === 0) return null;
  return (
    <section aria-label="Needs you" data-tour="calls" className="mb-5 flex-none">
      <h2 className="mt-0 mb-2.5 text-[12.5px] font-semibold text-muted">Needs you</h2>
      <div className="floor-cards grid max-h-[316px] grid-cols-[repeat(auto-fill,minmax(270px,1fr))] gap-3 overflow-y-auto">
        {calls.map(call => (
          <FloorCard key={call.callId} callId={call.callId} nowMs={nowMs} />
        ))}
      </div>
    </section>
  );
}

/** Subscribes by id, as a row does. */
const FloorCard = memo(function FloorCard({
  callId,
  nowMs,
}: {
  readonly callId: string;
  readonly nowMs: number;
}) {
  const { ui, actions } = useConsole();
  const call = useFloor(state => state.board.calls[callId]);
  const focused = useUi(state => state.focusedCallId === callId);
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const worst = call?.attention[0];
  if (!call || !worst) return null;
  const people = call.listeners.map(one => ({ name: one.name, me: one.userId === myId }));
  return (
    <NeedCard
      callId={call.callId}
      name={call.displayName}
      time={<Elapsed sinceMs={startOf(call)} untilMs={call.endedAtMs} />}
      reason={worst.reason}
      words={ATTENTION_WORDS[worst.reason]}
      {...(call.parked ? { aside: parkedWords(call.parked, call.floor === 'human') } : {})}
      lastWords={call.lastLines.findLast(last => last.speaker === 'caller')?.text ?? ''}
      people={people.slice(0, 3)}
      spans={call.recent}
      nowMs={nowMs}
      focused={focused}
      onFocus={() => ui.setState({ focusedCallId: call.callId })}
      onOpen={() => actions.openCall(call.callId)}
    />
  );
});
