import { useEffect } from 'react';
import { HistorySkeleton, Trouble } from '#renderer/components/states.tsx';
import { useArchive, useConsole, useDesk, useNow } from '#renderer/stores/use-console.ts';
import {
  ARCHIVE_MARKS,
  type ArchiveHit,
  type ArchiveMark,
  type ArchivePage,
} from '#shared/domain/archive.ts';
import { clockWords, endWords, whenWords } from '#shared/projections/words.ts';

const TYPING_PAUSE_MS = 200;
const DAY_MS = 86_400_000;
const EVERY_MS = 30_000;

const HAD_WORDS: Readonly<Record<ArchiveMark, string>> = {
  veto: 'Sentence stopped',
  takeover: 'Taken over',
  barge: 'Barged in',
  transfer: 'Transferred',
  note: 'Note to the AI',
  'say-now': 'AI told to say',
  release: 'Released anyway',
  flag: 'Flagged',
};
const KIND_WORDS: Readonly<Record<ArchiveHit['kind'], string>> = {
  caller: 'Caller',
  ai: 'AI',
  person: 'Person',
  verdict: 'Stopped',
  tool: 'Tool',
  action: 'Did',
};
const WINDOWS = [
  ['All time', null],
  ['Last day', 1],
  ['Last 7 days', 7],
  ['Last 30 days', 30],
] as const;

/** Everything that was said, decided and done, looked for at once. */
export function ArchiveSearch() {
  const { archive, clock } = useConsole();
  const query = useArchive(state => state.query);
  const found = useArchive(state => state.found);
  const isLive = useDesk(state => state.name === 'ready' && state.link.name === 'live');
  useEffect(() => void archive.readFacets(), [archive, isLive]);
  useEffect(
    () => clock.after(TYPING_PAUSE_MS, () => void archive.ask({})),
    [archive, clock, query.text, isLive],
  );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Filters />
      {found.name === 'failed' && (
        <Trouble title="The archive cannot be searched" words={found.error.message} code={found.error.code}>
          <button type="button" className="btn mt-2" onClick={() => void archive.ask({})}>
            Try again
          </button>
        </Trouble>
      )}
      {(found.name === 'asking' || found.name === 'idle') && <HistorySkeleton />}
      {found.name === 'ready' && <Found page={found.value} />}
    </div>
  );
}

function Filters() {
  const { archive, clock } = useConsole();
  const query = useArchive(state => state.query);
  const facets = useArchive(state => state.facets);
  const had = query.had === '' ? [] : query.had.split(',');
  const toggle = (mark: ArchiveMark): void =>
    void archive.ask({
      had: (had.includes(mark) ? had.filter(one => one !== mark) : [...had, mark]).join(','),
    });
  return (
    <div className="flex flex-none flex-col gap-2 border-b border-line-2 px-5 py-3">
      <input
        type="search"
        id="archive-text"
        aria-label="Search everything said, decided and done"
        placeholder="Words that were said, stopped or written, a policy’s sentence, a tool’s answer"
        className="field h-[34px] px-3"
        value={query.text}
        onChange={event => archive.state.setState({ query: { ...query, text: event.target.value } })}
      />
      <div className="flex flex-wrap items-center gap-2 text-[12.5px]">
        <label className="flex items-center gap-1.5 text-muted">
          When
          <select
            className="pill h-[28px] bg-panel px-2 text-text"
            defaultValue=""
            onChange={event =>
              void archive.ask({
                fromMs:
                  event.target.value === ''
                    ? 0
                    : Math.round(clock.now() - Number(event.target.value) * DAY_MS),
              })
            }
          >
            {WINDOWS.map(([words, days]) => (
              <option key={words} value={days ?? ''}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Choice label="Person" name="person" values={facets?.people ?? []} />
        <Choice label="Policy" name="policy" values={facets?.policies ?? []} />
        <Choice label="Tool" name="tool" values={facets?.tools ?? []} />
        <Choice label="Ended" name="outcome" values={facets?.outcomes ?? []} wordsOf={endWords} />
      </div>
      <div role="group" aria-label="Calls that had" className="flex flex-wrap gap-1.5">
        {ARCHIVE_MARKS.map(mark => (
          <button
            key={mark}
            type="button"
            aria-pressed={had.includes(mark)}
            className={`btn btn-small ${had.includes(mark) ? 'btn-on' : ''}`}
            onClick={() => toggle(mark)}
          >
            {HAD_WORDS[mark]}
          </button>
        ))}
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: 'person' | 'policy' | 'tool' | 'outcome';
  readonly values: readonly string[];
  readonly wordsOf?: (value: string) => string;
}

/** Nothing to choose from: no choice. */
function Choice({ label, name, values, wordsOf = same }: ChoiceProps) {
  const { archive } = useConsole();
  const chosen = useArchive(state => state.query[name]);
  if (values.length === 0 && chosen === '') return null;
  return (
    <label className="flex items-center gap-1.5 text-muted">
      {label}
      <select
        className="pill h-[28px] max-w-[180px] bg-panel px-2 text-text"
        value={chosen}
        onChange={event => void archive.ask({ [name]: event.target.value })}
      >
        <option value="">Any</option>
        {values.map(value => (
          <option key={value} value={value}>
            {wordsOf(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

const same = (value: string): string => value;

function Found({ page }: { readonly page: ArchivePage & { readonly asOfMs?: number | undefined } }) {
  const { archive, actions } = useConsole();
  const nowMs = useNow(EVERY_MS);
  const isAsking = useArchive(({ query }) =>
    [query.text, query.person, query.policy, query.tool, query.outcome, query.had].some(one => one !== ''),
  );
  if (page.calls.length === 0)
    return (
      <Trouble
        title={isAsking ? 'Nothing found' : 'No calls yet'}
        words={
          isAsking
            ? 'Every word is looked for as the beginning of a word, all of them in one line of a call.'
            : 'What is said on calls can be found here from the moment it is said.'
        }
      />
    );
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-5 py-3" aria-label="What was found" role="list">
      {page.calls.map(({ call, hits }) => (
        <article key={call.id} role="listitem" className="mb-3 rounded-[8px] border border-line-2 bg-panel">
          <button
            type="button"
            className="flex h-9 w-full items-center gap-3 px-3 text-left text-[12.5px] hover:bg-raised"
            onClick={() => actions.openCall(call.id)}
          >
            <time
              className="num w-[112px] flex-none text-muted"
              dateTime={new Date(call.startedAtMs).toISOString()}
            >
              {whenWords(call.startedAtMs, nowMs)}
            </time>
            <b className="font-semibold">{call.displayName}</b>
            <span className="truncate text-muted">{call.line}</span>
            <span className="ml-auto text-muted">
              {call.endedAtMs === null ? 'Running' : endWords(call.endReason ?? '')}
            </span>
          </button>
          {hits.map(hit => (
            <button
              key={hit.seq}
              type="button"
              className="flex w-full items-baseline gap-3 border-t border-line-2 px-3 py-1.5 text-left hover:bg-raised"
              onClick={() => void archive.openAt(call.id, hit.atMs)}
            >
              <span className="num w-[44px] flex-none text-muted">
                {clockWords(hit.atMs - (call.connectedAtMs ?? call.startedAtMs))}
              </span>
              <span className="w-[120px] flex-none truncate text-[12px] text-muted">
                {hit.who ?? KIND_WORDS[hit.kind]}
              </span>
              <span className={`min-w-0 flex-1 ${hit.kind === 'verdict' ? 'line-through' : ''}`}>
                <Marked text={hit.text} marks={hit.marks} />
              </span>
            </button>
          ))}
        </article>
      ))}
      <p role="status" className="m-0 py-1.5 text-[11.5px] text-faint">
        {page.calls.length} {page.calls.length === 1 ? 'call' : 'calls'}
        {page.asOfMs === undefined
          ? ', from the worker'
          : `, from this desk as of ${whenWords(page.asOfMs, nowMs)}: older calls are with the worker, which is away`}
      </p>
      {page.hasMore && (
        <button type="button" className="btn" onClick={() => void archive.more()}>
          Show older calls
        </button>
      )}
    </div>
  );
}

function Marked({ text, marks }: Pick<ArchiveHit, 'text' | 'marks'>) {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(
      text.slice(at, from),
      <mark key={from} className="hit">
        {text.slice(from, to)}
      </mark>,
    );
    at = to;
  }
  parts.push(text.slice(at));
  return parts;
}
