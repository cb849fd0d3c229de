import { Search } from 'lucide-react';
import { useEffect } from 'react';
import type { CallFilter } from '#shared/domain/call-list.ts';
import { whenWords } from '#shared/projections/words.ts';
import { Kbd } from '#renderer/components/kbd.tsx';
import { HistorySkeleton, Trouble } from '#renderer/components/states.tsx';
import type { ArchiveView } from '#renderer/stores/archive-store.ts';
import { useArchive, useConsole, useDesk, useHistory, useKeyOf } from '#renderer/stores/use-console.ts';
import { ArchiveSearch } from './archive-search.tsx';
import { AuditProof } from './audit-proof.tsx';
import { OpenCapsuleButton } from '#renderer/screens/capsule-parts.tsx';
import { PolicyReplay } from './policy-replay.tsx';
import { HistoryTable } from './history-table.tsx';

const FILTERS: readonly (readonly [filter: CallFilter, words: string])[] = [
  ['all', 'All calls'],
  ['stopped', 'Sentences stopped'],
  ['taken-over', 'Taken over'],
  ['cut-off', 'Cut off'],
  ['flagged', 'Flagged'],
];

const TYPING_PAUSE_MS = 200;

/** Calls that have been. */
export function HistoryScreen() {
  const view = useArchive(state => state.view);
  return (
    <main className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ViewBar />
      {view === 'search' && <ArchiveSearch />}
      {view === 'policies' && <PolicyReplay />}
      {view === 'proof' && <AuditProof />}
      {view === 'calls' && <CallList />}
    </main>
  );
}

/** What of the past is looked at. */
function ViewBar() {
  const { archive } = useConsole();
  const view = useArchive(state => state.view);
  return (
    <div className="flex h-10 flex-none items-center gap-1.5 border-b border-line-2 px-5">
      <div role="group" aria-label="What to look at" className="flex gap-1.5">
        {VIEWS.map(([name, words]) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            className={`btn btn-small ${view === name ? 'btn-on' : ''}`}
            onClick={() => archive.show(name)}
          >
            {words}
          </button>
        ))}
      </div>
      <span className="flex-1" />
      <OpenCapsuleButton />
    </div>
  );
}

const VIEWS: readonly (readonly [view: ArchiveView, words: string])[] = [
  ['calls', 'Calls'],
  ['search', 'Search'],
  ['policies', 'Policies'],
  ['proof', 'Proof'],
];

function CallList() {
  const { history } = useConsole();
  const status = useHistory(state => state.status);
  const calls = useHistory(state => state.calls);
  const asOfMs = useHistory(state => state.asOfMs);
  const { clock } = useConsole();
  const isAsking = useHistory(state => state.query !== '' || state.filter !== 'all');
  return (
    <>
      <HistoryHeader />
      {status.name === 'ready' && asOfMs !== null && (
        <p role="status" className="m-0 border-b border-line-2 bg-panel px-5 py-2 text-muted">
          From this desk, as of {whenWords(asOfMs, clock.now())}. The worker is away.
        </p>
      )}
      {status.name === 'failed' && calls.length > 0 && (
        <p role="alert" className="m-0 border-b border-line-2 bg-panel px-5 py-2 text-muted">
          {status.error.message} What you see was read before.
          <small className="num ml-2 text-[11px] text-faint">{status.error.code}</small>
        </p>
      )}
      {status.name === 'failed' && calls.length === 0 && (
        <Trouble title="The history cannot be read" words={status.error.message} code={status.error.code}>
          <button type="button" className="btn mt-2" onClick={() => void history.read()}>
            Try again
          </button>
        </Trouble>
      )}
      {status.name === 'loading' && <HistorySkeleton />}
      {status.name === 'ready' && calls.length === 0 && (
        <Trouble
          title={isAsking ? 'No call matches' : 'No calls yet'}
          words={
            isAsking
              ? 'Search looks at names, lines and everything that was said.'
              : 'A call appears here from the moment it rings, and stays after it has ended.'
          }
        >
          {isAsking && (
            <button
              type="button"
              className="btn mt-2"
              onClick={() => void history.ask({ query: '', filter: 'all' })}
            >
              Show all calls
            </button>
          )}
        </Trouble>
      )}
      {calls.length > 0 && <HistoryTable calls={calls} />}
    </>
  );
}

function HistoryHeader() {
  const { history, clock } = useConsole();
  const keyOf = useKeyOf();
  const filter = useHistory(state => state.filter);
  const query = useHistory(state => state.query);
  const isLive = useDesk(state => state.name === 'ready' && state.link.name === 'live');
  // While somebody types the list waits; when the worker is back it is read again, for what ended meanwhile.
  useEffect(() => clock.after(TYPING_PAUSE_MS, () => void history.read()), [history, clock, query, isLive]);
  return (
    <header className="flex min-h-[60px] flex-none flex-wrap items-center gap-4 border-b border-line-2 px-5 py-2">
      <h1 className="m-0 text-[16px] font-semibold">History</h1>
      <div role="group" aria-label="Which calls" className="flex flex-wrap gap-1.5">
        {FILTERS.map(([name, words]) => (
          <button
            key={name}
            type="button"
            aria-pressed={filter === name}
            className={`btn btn-small ${filter === name ? 'btn-on' : ''}`}
            onClick={() => void history.ask({ filter: name })}
          >
            {words}
          </button>
        ))}
      </div>
      <span className="flex-1" />
      <label className="relative w-[280px] max-[700px]:w-full">
        <Search size={14} className="absolute top-[10px] left-3 text-muted" aria-hidden="true" />
        <input
          id="search"
          type="search"
          aria-label="Search names and words"
          placeholder="Search names and words"
          className="field h-[34px] pr-9 pl-8"
          value={query}
          onChange={event => history.state.setState({ query: event.target.value })}
          onKeyDown={event => {
            if (event.key !== 'Escape') return;
            history.state.setState({ query: '' });
            event.currentTarget.blur();
          }}
        />
        <Kbd className="absolute top-2 right-2.5">{keyOf('search')}</Kbd>
      </label>
    </header>
  );
}
