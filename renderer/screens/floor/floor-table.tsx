import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { Avatar } from '#renderer/components/avatar.tsx';
import { Sparkline } from '#renderer/components/sparkline.tsx';
import { TurnState } from '#renderer/components/turn-state.tsx';
import { useConsole, useDesk, useFloor, useUi } from '#renderer/stores/use-console.ts';
import type { CallSummary } from '#shared/projections/live-board.ts';
import { parkedWords, stoppedWords } from '#shared/projections/words.ts';
import { moodOf, startOf } from '../call-words.ts';
import { Elapsed } from '../elapsed.tsx';

const ROW_PX = 36;
const COLUMNS = [
  { name: 'Caller', cell: 'w-[158px] pr-3 narrow-grow' },
  { name: 'Line', cell: 'w-[72px] pr-3 narrow-hide' },
  { name: 'State', cell: 'w-[160px] pr-3' },
  { name: 'Last words', cell: 'flex-1 pr-4 narrow-hide' },
  { name: 'Last minute', cell: 'w-[136px] pr-4 medium-hide' },
  { name: 'Health', cell: 'w-[180px] pr-2 medium-hide' },
  { name: 'Time', cell: 'w-[48px] text-right' },
] as const;

interface FloorTableProps {
  readonly calls: readonly CallSummary[];
  readonly nowMs: number;
}

/** Everything that goes well, one quiet row each; only the rows in view exist. */
export function FloorTable({ calls, nowMs }: FloorTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const focused = useUi(state => state.focusedCallId);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions stay in this component and are never memoized
  const rows = useVirtualizer({
    count: calls.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    initialRect: { width: 900, height: 600 },
    getItemKey: at => calls[at]?.callId ?? at,
  });
  const focusedAt = calls.findIndex(call => call.callId === focused);
  useEffect(() => {
    if (focusedAt >= 0) rows.scrollToIndex(focusedAt);
  }, [focusedAt, rows]);
  return (
    <section aria-label="Going well" data-tour="calls" className="floor-table flex min-h-0 flex-1 flex-col">
      <h2 className="mt-0 mb-1 flex justify-between text-[12.5px] font-semibold text-muted">
        Going well
        <span className="font-normal text-faint">
          {calls.length} {calls.length === 1 ? 'call' : 'calls'}
        </span>
      </h2>
      <div
        role="table"
        aria-label="Going well"
        aria-rowcount={calls.length + 1}
        className="flex min-h-0 flex-1 flex-col text-[12.5px]"
      >
        <div
          role="row"
          className="flex h-[34px] flex-none items-center border-b border-line-2 text-[11.5px] text-faint"
        >
          {COLUMNS.map(({ name, cell }) => (
            <span
              key={name}
              role="columnheader"
              className={`${cell} flex-none last:pr-2 ${cell.startsWith('flex-1') ? 'min-w-0 !flex-1' : ''}`}
            >
              {name}
            </span>
          ))}
        </div>
        <div ref={box} role="rowgroup" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
          <div className="relative" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(item => {
              const call = calls[item.index];
              return (
                call && (
                  <div
                    key={item.key}
                    className="absolute inset-x-0 h-9 [contain:strict]"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <FloorRow callId={call.callId} index={item.index} nowMs={nowMs} />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
    </section>
  );
}

interface FloorRowProps {
  readonly callId: string;
  readonly index: number;
  readonly nowMs: number;
}

/** Subscribes by id: another call's event renders nothing here. */
const FloorRow = memo(function FloorRow({ callId, index, nowMs }: FloorRowProps) {
  const { ui, actions } = useConsole();
  const call = useFloor(state => state.board.calls[callId]);
  const focused = useUi(state => state.focusedCallId === callId);
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const myName = useDesk(state => (state.name === 'ready' ? state.user.name : ''));
  if (!call) return null;
  const { mood, words } = moodOf(call, myId);
  const connected = call.phase === 'connected';
  const cells = [
    <b key="name" className="block truncate font-semibold">
      {call.displayName}
    </b>,
    call.line,
    <TurnState key="state" mood={mood} words={words} />,
    call.parked ? parkedWords(call.parked, call.floor === 'human') : (call.lastLines.at(-1)?.text ?? ''),
    connected && <Sparkline key="spark" spans={call.recent} nowMs={nowMs} />,
    connected && <Health key="health" call={call} myName={myName} />,
    <Elapsed key="time" sinceMs={startOf(call)} untilMs={call.endedAtMs} />,
  ];
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={focused || undefined}
      data-call={callId}
      className={`flex h-9 items-center border-b border-line-2 ${focused ? 'bg-raised' : 'hover:bg-raised'} ${call.phase === 'ended' ? 'opacity-60' : ''}`}
      onClick={() => ui.setState({ focusedCallId: callId })}
      onDoubleClick={() => actions.openCall(call.callId)}
    >
      {COLUMNS.map(({ name, cell }, at) => (
        <span
          key={name}
          role="cell"
          className={`${cell} min-w-0 flex-none truncate last:pr-2 ${cell.startsWith('flex-1') ? '!flex-1' : ''} ${at === 1 || at === 3 || at === 6 ? 'text-muted' : ''}`}
        >
          {cells[at]}
        </span>
      ))}
    </div>
  );
});

function Health({ call, myName }: { readonly call: CallSummary; readonly myName: string }) {
  const person = call.floor === 'human' ? call.floorUserName : call.heldByName;
  if (person !== null) {
    const me = person === myName;
    const who = me ? 'you' : person;
    const words = call.floor === 'human' ? `With ${who}` : `Held by ${who}`;
    return (
      <span className="flex items-center gap-2 text-muted">
        <Avatar name={person} me={me} />
        <span className="truncate">{words}</span>
      </span>
    );
  }
  if (call.vetoCount > 0) return <span className="text-muted">{stoppedWords(call.vetoCount)}</span>;
  if (call.interruptionCount > 0)
    return (
      <span className="text-muted">
        Interrupted {call.interruptionCount === 1 ? 'once' : `${call.interruptionCount} times`}
      </span>
    );
  return <span className="text-faint">On track</span>;
}
