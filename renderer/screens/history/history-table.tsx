import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleDot } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ListedCall } from '#shared/domain/call-list.ts';
import { FlagMark } from '#renderer/components/note-flags.tsx';
import { useConsole, useHistory, useNotes, useNow } from '#renderer/stores/use-console.ts';
import { clockWords, endWords, intentWords, stoppedWords, whenWords } from '#shared/projections/words.ts';

const ROW_PX = 36;
/** Rows before the end at which older calls are read. */
const READ_AHEAD_ROWS = 20;
const EVERY_MS = 30_000;

/** Ends that nobody on the line wanted. */
const CUT_OFF: readonly string[] = ['line-failed', 'worker-crashed', 'worker-stopped'];

const COLUMNS = [
  { name: 'When', cell: 'w-[112px] flex-none pr-3' },
  { name: 'Caller', cell: 'w-[180px] flex-none pr-3 narrow-grow' },
  { name: 'Line', cell: 'w-[92px] flex-none pr-3 narrow-hide' },
  { name: 'Wanted', cell: 'w-[170px] flex-none pr-3 narrow-hide' },
  { name: 'What happened', cell: 'min-w-0 flex-1 pr-4 narrow-hide' },
  { name: 'Ended', cell: 'w-[170px] flex-none pr-3 medium-hide' },
  { name: 'Length', cell: 'w-[64px] flex-none text-right' },
] as const;

/** Calls that have been, newest first; only the rows in view exist, and older calls are read when they come near. */
export function HistoryTable({ calls }: { readonly calls: readonly ListedCall[] }) {
  const { history } = useConsole();
  const box = useRef<HTMLDivElement>(null);
  const focusedId = useHistory(state => state.focusedId);
  const hasMore = useHistory(state => state.hasMore);
  const nowMs = useNow(EVERY_MS);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions stay in this component and are never memoized
  const rows = useVirtualizer({
    count: calls.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    initialRect: { width: 900, height: 600 },
    getItemKey: at => calls[at]?.id ?? at,
  });
  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const nearEnd = hasMore && lastShown > calls.length - READ_AHEAD_ROWS;
  useEffect(() => {
    if (nearEnd) void history.more();
  }, [history, nearEnd, calls.length]);
  const focusedAt = calls.findIndex(call => call.id === focusedId);
  useEffect(() => {
    if (focusedAt >= 0) rows.scrollToIndex(focusedAt);
  }, [focusedAt, rows]);
  return (
    <div className="flex min-h-0 flex-1 flex-col px-5 pt-2 text-[12.5px]">
      <div
        role="table"
        aria-label="Calls that have been"
        aria-rowcount={hasMore ? -1 : calls.length + 1}
        className="flex min-h-0 flex-1 flex-col"
      >
        <div
          role="row"
          className="flex h-[34px] flex-none items-center border-b border-line-2 text-[11.5px] text-faint"
        >
          {COLUMNS.map(({ name, cell }) => (
            <span key={name} role="columnheader" className={cell}>
              {name}
            </span>
          ))}
        </div>
        <div ref={box} role="rowgroup" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
          <div className="relative" style={{ height: rows.getTotalSize() }}>
            {items.map(item => {
              const call = calls[item.index];
              return (
                call && (
                  <div
                    key={item.key}
                    className="absolute inset-x-0 h-9"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <Row call={call} index={item.index} focused={call.id === focusedId} nowMs={nowMs} />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
      <p role="status" className="m-0 flex-none border-t border-line-2 py-1.5 text-[11.5px] text-faint">
        {calls.length} {calls.length === 1 ? 'call' : 'calls'}
        {hasMore && ', older ones are read as you scroll'}
      </p>
    </div>
  );
}

interface RowProps {
  readonly call: ListedCall;
  readonly index: number;
  readonly focused: boolean;
  readonly nowMs: number;
}

function Row({ call, index, focused, nowMs }: RowProps) {
  const { actions, history } = useConsole();
  const flags = useNotes(state => state.counts[call.id]?.flags);
  const fromMs = call.connectedAtMs ?? call.startedAtMs;
  const happened = [
    CUT_OFF.includes(call.endReason ?? '') ? 'Cut off' : '',
    call.takenOver ? 'A person took over' : '',
    call.vetoCount > 0 ? stoppedWords(call.vetoCount) : '',
  ].filter(words => words !== '');
  const cells = [
    <time key="when" dateTime={new Date(call.startedAtMs).toISOString()} className="num text-muted">
      {whenWords(call.startedAtMs, nowMs)}
    </time>,
    <b key="name" className="block truncate font-semibold">
      {call.displayName}
    </b>,
    call.line,
    call.intent === null ? '' : intentWords(call.intent),
    <span key="happened" className="flex items-center gap-2 text-muted">
      {call.recorded && (
        <CircleDot
          size={12}
          strokeWidth={2}
          aria-label="Recorded"
          role="img"
          className="flex-none text-faint"
        />
      )}
      {flags?.map(flag => (
        <FlagMark key={flag} flag={flag} />
      ))}
      <span className="truncate">
        {happened.length === 0 ? <span className="text-faint">On track</span> : happened.join(' · ')}
      </span>
    </span>,
    call.endedAtMs === null ? (
      <span key="end" className="text-ok">
        Running
      </span>
    ) : (
      <span key="end" className="text-muted">
        {endWords(call.endReason ?? '')}
      </span>
    ),
    <span key="length" className="num text-muted">
      {clockWords((call.endedAtMs ?? nowMs) - fromMs)}
    </span>,
  ];
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={focused || undefined}
      data-call={call.id}
      className={`flex h-9 cursor-default items-center border-b border-line-2 ${focused ? 'bg-raised' : 'hover:bg-raised'}`}
      onClick={() => history.state.setState({ focusedId: call.id })}
      onDoubleClick={() => actions.openCall(call.id)}
    >
      {COLUMNS.map(({ name, cell }, at) => (
        <span key={name} role="cell" className={`${cell} truncate`}>
          {cells[at]}
        </span>
      ))}
    </div>
  );
}
