import { useEffect } from 'react';
import { useStore } from 'zustand';
import { SideSection } from '#renderer/components/side-column.tsx';
import { useConsole, useDesk, useFloor, useNow } from '#renderer/stores/use-console.ts';
import type { WindowFigures } from '#shared/domain/call-figures.ts';
import type { CallSummary } from '#shared/projections/live-board.ts';
import { moodOf } from '../call-words.ts';

const READ_EVERY_MS = 15_000;

/** What all calls do at this moment, and what became of those that ended. Figures, no charts. */
export function FloorPulse() {
  const { lastHour, clock, floor } = useConsole();
  // Counts that change with every frame cannot be read: they are counted once a second and when calls come or go.
  useNow(1_000);
  useFloor(state => state.listVersion);
  const { figures } = useStore(lastHour.state);
  const isLive = useDesk(state => state.name === 'ready' && state.link.name === 'live');
  useEffect(() => {
    if (!isLive) return;
    void lastHour.read();
    return clock.every(READ_EVERY_MS, () => void lastHour.read());
  }, [lastHour, clock, isLive]);
  const now = doingNow(Object.values(floor.getState().board.calls));
  return (
    <div data-testid="pulse" className="border-t border-line-2">
      {now.length > 0 && (
        <SideSection title="Right now">
          <Counts rows={now} />
        </SideSection>
      )}
      {figures && figures.calls > 0 && (
        <SideSection title="Last hour" aside={figures.calls === 1 ? '1 call' : `${figures.calls} calls`}>
          <Counts rows={lastHourRows(figures)} />
        </SideSection>
      )}
    </div>
  );
}

interface CountRow {
  readonly name: string;
  readonly count: number;
  readonly bad?: boolean;
}

/** Names and whole numbers, two pairs to a line. */
function Counts({ rows }: { readonly rows: readonly CountRow[] }) {
  return (
    <dl className="m-0 grid grid-cols-2 gap-x-6 gap-y-1">
      {rows.map(({ name, count, bad = false }) => (
        <div key={name} className="flex items-baseline justify-between gap-2">
          <dt className="truncate text-muted">{name}</dt>
          <dd className={`num m-0 font-medium ${bad ? 'text-veto' : ''}`}>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

const DOING = [
  ['speaking', 'AI speaks'],
  ['caller', 'Caller speaks'],
  ['thinking', 'AI thinks'],
  ['listening', 'AI listens'],
  ['interrupted', 'Interrupted'],
  ['person', 'With a person'],
  ['held', 'Held'],
  ['parked', 'In transfer'],
  ['ringing', 'Rings'],
] as const;

/** Each running call counts once, as its row names it. */
export function doingNow(calls: readonly CallSummary[]): readonly CountRow[] {
  const moods = calls.map(call => moodOf(call, '').mood);
  return DOING.flatMap(([mood, name]) => {
    const count = moods.filter(one => one === mood).length;
    return count === 0 ? [] : [{ name, count }];
  });
}

/** Rows without a call are left out, except the one that should not be empty. */
export function lastHourRows({ outcomes, tool_failures: toolFailures }: WindowFigures): readonly CountRow[] {
  const rows = [
    { name: 'In good order', count: outcomes.succeeded, bad: false, always: true },
    { name: 'Caller gave up', count: outcomes['given-up'], bad: false, always: false },
    { name: 'Cut off', count: outcomes['cut-off'], bad: true, always: false },
    { name: 'No connection', count: outcomes['not-set-up'], bad: true, always: false },
    { name: 'Tool failures', count: toolFailures, bad: true, always: false },
  ];
  return rows.filter(({ count, always }) => always || count > 0);
}
