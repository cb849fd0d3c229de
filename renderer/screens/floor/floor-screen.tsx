import { Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Kbd } from '#renderer/components/kbd.tsx';
import { FloorSkeleton, Trouble } from '#renderer/components/states.tsx';
import { EMPTY_HOLD, holdRank } from '#renderer/stores/rank-hold.ts';
import { mayPlaceCall } from '#renderer/stores/place-call.ts';
import { useConsole, useDesk, useFloor, useKeyOf, useNow, useUi } from '#renderer/stores/use-console.ts';
import type { CallSummary } from '#shared/projections/live-board.ts';
import { needsYou, rank } from '#shared/projections/fold-board.ts';
import { FloorCards } from './floor-cards.tsx';
import { FloorPulse } from './floor-pulse.tsx';
import { FloorSide } from './floor-side.tsx';
import { FloorTable } from './floor-table.tsx';

/** All calls: the few that need a person as cards, the others as quiet rows, and the focused one beside them. */
export function FloorScreen() {
  const { ui, floor } = useConsole();
  const ready = useFloor(state => state.ready);
  const search = useUi(state => state.search);
  // Most events change words on one row, which renders by itself; only a search looks into the words of all.
  useFloor(state => (search === '' ? state.listVersion : state.board));
  const line = useUi(state => state.line);
  const focused = useUi(state => state.focusedCallId);
  const nowMs = useNow(1_000);
  const pointerInside = useRef(false);
  const [hold, setHold] = useState(EMPTY_HOLD);

  const { board, listVersion } = floor.getState();
  const wanted = useMemo(
    () => rank(floor.getState().board, nowMs).map(call => call.callId),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the order depends on nothing that leaves the version as it is
    [floor, listVersion, nowMs],
  );
  useEffect(() => {
    setHold(before => holdRank(before, wanted, pointerInside.current, nowMs));
  }, [wanted, nowMs]);
  const shown = hold.shown.length === 0 ? wanted : hold.shown;

  const calls = shown.flatMap(id => {
    const call = board.calls[id];
    return call && matches(call, search, line) ? [call] : [];
  });
  const cards = calls.filter(needsYou);
  const rows = calls.filter(call => !needsYou(call));
  const order = [...cards, ...rows].map(call => call.callId).join(' ');
  useEffect(() => {
    const ids = order === '' ? [] : order.split(' ');
    ui.setState(state => ({
      order: ids,
      focusedCallId:
        state.focusedCallId !== null && ids.includes(state.focusedCallId)
          ? state.focusedCallId
          : (ids[0] ?? null),
    }));
  }, [ui, order]);

  return (
    <div className="flex min-h-0 min-w-0 flex-1">
      <main className="flex min-h-0 min-w-0 flex-1 flex-col">
        <FloorHeader calls={Object.values(board.calls)} />
        {!ready ? (
          <FloorSkeleton />
        ) : calls.length === 0 ? (
          <Empty searching={search !== '' || line !== ''} />
        ) : (
          <div
            className="floor-body flex min-h-0 flex-1 flex-col px-5 pt-4"
            onPointerEnter={() => {
              pointerInside.current = true;
            }}
            onPointerLeave={() => {
              pointerInside.current = false;
            }}
          >
            <FloorCards calls={cards} nowMs={nowMs} />
            <FloorTable calls={rows} nowMs={nowMs} />
          </div>
        )}
      </main>
      {ready && Object.keys(board.calls).length > 0 && (
        <aside
          aria-label="Beside the floor"
          tabIndex={0}
          className="flex w-[372px] flex-none flex-col overflow-y-auto border-l border-line-2 bg-panel max-[1100px]:hidden"
        >
          {focused !== null && <FocusedSide callId={focused} />}
          <span className="flex-1" />
          <FloorPulse />
        </aside>
      )}
    </div>
  );
}

function FocusedSide({ callId }: { readonly callId: string }) {
  const call = useFloor(state => state.board.calls[callId]);
  return call && <FloorSide call={call} />;
}

function FloorHeader({ calls }: { readonly calls: readonly CallSummary[] }) {
  const { ui } = useConsole();
  const keyOf = useKeyOf();
  const mayCall = useDesk(mayPlaceCall);
  const search = useUi(state => state.search);
  const line = useUi(state => state.line);
  const open = calls.filter(call => call.phase !== 'ended');
  const lines = [...new Set(calls.map(call => call.line))].toSorted();
  const counts = [
    { count: open.length, words: 'live', hue: '' },
    { count: open.filter(needsYou).length, words: 'need you', hue: 'text-veto' },
    { count: open.filter(call => call.floor === 'human').length, words: 'with a person', hue: '' },
    { count: open.filter(call => call.heldByName !== null).length, words: 'held', hue: '' },
  ];
  return (
    <header className="floor-header flex min-h-[60px] flex-none items-center gap-4 border-b border-line-2 px-5">
      <h1 className="m-0 text-[16px] font-semibold">Floor</h1>
      <p
        className="floor-counts m-0 flex items-baseline gap-4 overflow-hidden whitespace-nowrap text-muted"
        role="status"
      >
        {counts.map(({ count, words, hue }) => (
          <span key={words}>
            <b
              className={`num mr-1.5 text-[17px] font-semibold ${count > 0 && hue !== '' ? hue : 'text-text'}`}
            >
              {count}
            </b>
            {words}
          </span>
        ))}
      </p>
      <span className="flex-1" />
      {mayCall && (
        <button
          type="button"
          className="btn btn-small max-[900px]:hidden"
          onClick={() => ui.setState({ sheet: 'place-call' })}
        >
          Call a number
        </button>
      )}
      <select
        aria-label="Line"
        className="pill h-[26px] bg-panel px-3 text-[12.5px] text-text max-[900px]:hidden"
        value={line}
        onChange={event => ui.setState({ line: event.target.value })}
      >
        <option value="">All lines</option>
        {lines.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label className="floor-search relative w-[250px]">
        <Search size={14} className="absolute top-[10px] left-3 text-muted" aria-hidden="true" />
        <input
          id="search"
          type="search"
          aria-label="Search calls and words"
          placeholder="Search calls and words"
          className="field h-[34px] pr-9 pl-8"
          value={search}
          onChange={event => ui.setState({ search: event.target.value })}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              ui.setState({ search: '' });
              event.currentTarget.blur();
            }
          }}
        />
        <Kbd className="absolute top-2 right-2.5">{keyOf('search')}</Kbd>
      </label>
    </header>
  );
}

function Empty({ searching }: { readonly searching: boolean }) {
  const { actions, ui } = useConsole();
  return searching ? (
    <Trouble title="No call matches" words="Search looks at callers, numbers, lines and last words.">
      <button type="button" className="btn mt-2" onClick={() => ui.setState({ search: '', line: '' })}>
        Show all calls
      </button>
    </Trouble>
  ) : (
    <Trouble
      title="No calls now"
      words="Calls appear here the moment they ring. Those that need a person come first."
    >
      <button type="button" className="btn mt-2" onClick={() => actions.goTo('history')}>
        Look at calls that have been
      </button>
    </Trouble>
  );
}

function matches(call: CallSummary, search: string, line: string): boolean {
  if (line !== '' && call.line !== line) return false;
  if (search === '') return true;
  const words = [call.displayName, call.from ?? '', call.line, ...call.lastLines.map(last => last.text)];
  return words.join(' ').toLowerCase().includes(search.toLowerCase());
}
