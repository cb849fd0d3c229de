import { Download, Plus, Search, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Kbd } from '#renderer/components/kbd.tsx';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { Trouble } from '#renderer/components/states.tsx';
import { mayEditKnowledge, mayEditPolicies } from '#renderer/stores/knowledge.ts';
import { IMPORT_ENDINGS } from '#renderer/stores/knowledge-files.ts';
import type { KnowledgeSpace } from '#renderer/stores/knowledge-list.ts';
import { useConsole, useDesk, useKeyOf, useKnowledgeList } from '#renderer/stores/use-console.ts';
import { CAPSULE_SUFFIX } from '#shared/protocol/capsule.ts';
import { ImportPanel } from './import-panel.tsx';
import { KnowledgeList } from './knowledge-list.tsx';
import { NewPolicySheet } from './new-policy-sheet.tsx';
import { FILTERS, POLICY_FILTERS } from './knowledge-words.ts';

/** The desk answers in milliseconds; this only spares it the letters of a fast hand. */
const TYPING_PAUSE_MS = 80;

/** Everything there is, as it is searched and filtered. Files dropped here become articles. */
export function KnowledgeColumn() {
  const { knowledge } = useConsole();
  const status = useKnowledgeList(state => state.status);
  const items = useKnowledgeList(state => state.items);
  const isAsking = useKnowledgeList(state => state.query.trim() !== '' || state.filter !== 'all');
  const isPolicies = useKnowledgeList(state => state.space === 'policies');
  const mayEdit = useDesk(mayEditKnowledge) && !isPolicies;
  const [isOver, setIsOver] = useState(false);
  return (
    <section
      aria-label={isPolicies ? 'Policies' : 'Articles'}
      className="knowledge-column relative flex w-[312px] flex-none flex-col border-r border-line-2 bg-panel"
      onDragOver={event => {
        if (!mayEdit || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={event => {
        setIsOver(false);
        const files = [...event.dataTransfer.files];
        // A capsule is no article: the window opens it, and says so to whoever may not edit.
        if (!mayEdit || files.some(({ name }) => name.endsWith(CAPSULE_SUFFIX))) return;
        event.preventDefault();
        void knowledge.files.take(files);
      }}
    >
      <ColumnHeader />
      <ImportPanel />
      {status.name === 'failed' && items.length > 0 && (
        <p role="alert" className="m-0 border-b border-line-2 px-4 py-2 text-muted">
          {status.error.message} What you see was read before.
          <small className="num ml-2 text-[11px] text-faint">{status.error.code}</small>
        </p>
      )}
      {status.name === 'failed' && items.length === 0 && (
        <Trouble title="The knowledge cannot be read" words={status.error.message} code={status.error.code}>
          <button type="button" className="btn mt-2" onClick={() => void knowledge.list.read()}>
            Try again
          </button>
        </Trouble>
      )}
      {status.name === 'loading' && <ListSkeleton />}
      {status.name === 'ready' && items.length === 0 && <NothingHere isAsking={isAsking} mayEdit={mayEdit} />}
      {items.length > 0 && <KnowledgeList items={items} />}
      {isOver && (
        <div className="drop-here pointer-events-none absolute inset-2 grid place-items-center text-center">
          Drop files here: each becomes a draft
        </div>
      )}
    </section>
  );
}

function ColumnHeader() {
  const { knowledge, clock } = useConsole();
  const keyOf = useKeyOf();
  const query = useKnowledgeList(state => state.query);
  const filter = useKnowledgeList(state => state.filter);
  const counts = useKnowledgeList(state => state.counts);
  const tookMs = useKnowledgeList(state => state.tookMs);
  const found = useKnowledgeList(state => state.items.length);
  const isPolicies = useKnowledgeList(state => state.space === 'policies');
  const thing = isPolicies ? 'policy' : 'article';
  useEffect(() => clock.after(TYPING_PAUSE_MS, () => void knowledge.list.read()), [clock, knowledge, query]);
  return (
    <header className="flex-none border-b border-line-2 px-4 pt-3 pb-3">
      <div className="mb-2.5 flex min-h-[28px] items-center gap-1">
        <h1 className="m-0 mr-auto text-[15px] font-semibold">Knowledge</h1>
        {isPolicies ? <PolicyTools /> : <ArticleTools />}
      </div>
      <SpaceSwitch />
      <label className="relative mb-2.5 block">
        <Search size={14} className="absolute top-[10px] left-3 text-muted" aria-hidden="true" />
        <input
          id="search"
          type="search"
          aria-label={isPolicies ? 'Search the policies' : 'Search the knowledge'}
          placeholder={isPolicies ? 'Search names and phrases' : 'Search, or ask as a caller would'}
          maxLength={200}
          className="field h-[34px] pr-14 pl-8"
          value={query}
          onChange={event => knowledge.list.state.setState({ query: event.target.value })}
          onKeyDown={event => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              event.currentTarget.blur();
              knowledge.step(1);
            }
            if (event.key !== 'Escape') return;
            knowledge.list.state.setState({ query: '' });
            event.currentTarget.blur();
          }}
        />
        {query.trim() === '' ? (
          <Kbd className="absolute top-2 right-2.5">{keyOf('search')}</Kbd>
        ) : (
          <span className="num absolute top-2 right-3 text-[12px] text-muted">
            {Math.max(1, Math.round(tookMs))} ms
          </span>
        )}
      </label>
      <div
        role="group"
        aria-label={isPolicies ? 'Which policies' : 'Which articles'}
        className="flex flex-wrap gap-1.5"
      >
        {(isPolicies ? POLICY_FILTERS : FILTERS)
          .filter(([name]) => name === 'all' || name === filter || (counts[name] ?? 0) > 0)
          .map(([name, words]) => (
            <button
              key={name}
              type="button"
              aria-pressed={filter === name}
              className={`chip ${filter === name ? 'chip-on' : ''}`}
              onClick={() => void knowledge.list.ask({ filter: name })}
            >
              {words} <span className="num">{counts[name] ?? 0}</span>
            </button>
          ))}
      </div>
      <p role="status" className="sr-only">
        {query.trim() === ''
          ? ''
          : found === 1
            ? `1 ${thing} found`
            : `${found} ${isPolicies ? 'policies' : 'articles'} found`}
      </p>
    </header>
  );
}

/** Articles or policies; what waits in the other list shows beside its name. */
function SpaceSwitch() {
  const { knowledge } = useConsole();
  const space = useKnowledgeList(state => state.space);
  const elsewhere = useKnowledgeList(state => state.conflictsElsewhere);
  return (
    <div role="group" aria-label="What is listed" className="space-switch">
      {SPACES.map(([name, words]) => (
        <button
          key={name}
          type="button"
          aria-pressed={space === name}
          className="space-side"
          onClick={() => knowledge.show(name)}
        >
          {words}{' '}
          {space !== name && elsewhere > 0 && (
            <span className="text-warn">
              {elsewhere} {elsewhere === 1 ? 'conflict' : 'conflicts'}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

const SPACES: readonly (readonly [space: KnowledgeSpace, words: string])[] = [
  ['knowledge', 'Articles'],
  ['policies', 'Policies'],
];

function PolicyTools() {
  const mayEdit = useDesk(mayEditPolicies);
  const [asks, setAsks] = useState(false);
  if (!mayEdit) return null;
  return (
    <>
      <button type="button" className="btn ml-1 h-[28px] px-2.5" onClick={() => setAsks(true)}>
        <Plus size={14} strokeWidth={1.75} aria-hidden="true" /> New
      </button>
      {asks && <NewPolicySheet onClose={() => setAsks(false)} />}
    </>
  );
}

function ArticleTools() {
  const { knowledge } = useConsole();
  const keyOf = useKeyOf();
  const mayEdit = useDesk(mayEditKnowledge);
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      {mayEdit && (
        <>
          <input
            ref={files}
            type="file"
            multiple
            hidden
            aria-hidden="true"
            data-testid="import-files"
            accept={IMPORT_ENDINGS.join(',')}
            onChange={event => {
              const chosen = [...(event.target.files ?? [])];
              event.target.value = '';
              void knowledge.files.take(chosen);
            }}
          />
          <button
            type="button"
            className="icon-button"
            aria-label="Import files"
            title="Import files"
            onClick={() => files.current?.click()}
          >
            <Upload size={16} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label="Export all articles"
        title="Export all articles"
        onClick={() => void knowledge.files.export(null)}
      >
        <Download size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {mayEdit && (
        <KeyButton
          label="New"
          icon={Plus}
          shortcut={keyOf('new-article')}
          className="ml-1 h-[28px] px-2.5"
          onPress={() => knowledge.desk.begin()}
        />
      )}
    </>
  );
}

function NothingHere({ isAsking, mayEdit }: { readonly isAsking: boolean; readonly mayEdit: boolean }) {
  const { knowledge } = useConsole();
  const isPolicies = useKnowledgeList(state => state.space === 'policies');
  if (isPolicies && !isAsking)
    return (
      <Trouble
        title="No policies yet"
        words="They come with the first sync with the worker. What is in force there goes on as it is."
      />
    );
  if (isAsking)
    return (
      <Trouble
        title={isPolicies ? 'No policy matches' : 'No article matches'}
        words={
          isPolicies
            ? 'Search looks at names and phrases, to the letter.'
            : 'Search looks at titles and texts, by words and by meaning.'
        }
      >
        <button
          type="button"
          className="btn mt-2"
          onClick={() => void knowledge.list.ask({ query: '', filter: 'all' })}
        >
          Show all articles
        </button>
      </Trouble>
    );
  return (
    <Trouble
      title="No articles yet"
      words={
        mayEdit
          ? 'What the AI may say to callers is written here. Write the first article, or drop files here.'
          : 'What the AI may say to callers is written here. An admin can give you the right to write it.'
      }
    >
      {mayEdit && (
        <button type="button" className="btn mt-2" onClick={() => knowledge.desk.begin()}>
          Write the first article
        </button>
      )}
    </Trouble>
  );
}

function ListSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the knowledge" role="status" className="p-4">
      {Array.from({ length: 7 }, (_, at) => (
        <div key={at} className="skeleton mb-4 h-[64px]" />
      ))}
    </div>
  );
}
