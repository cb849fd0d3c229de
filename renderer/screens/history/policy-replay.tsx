import { useEffect, useState } from 'react';
import { Trouble } from '#renderer/components/states.tsx';
import { useArchive, useConsole, useDesk } from '#renderer/stores/use-console.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { whenWords } from '#shared/projections/words.ts';
import type { PolicyReplay as Replayed, VetoCluster } from '#shared/protocol/policy-replay.ts';

const DAYS = [1, 7, 30] as const;

const CHANGE_WORDS: Readonly<Record<Replayed['changes'][number]['change'], string>> = {
  'newly-vetoed': 'Was spoken, would now be stopped',
  'no-longer-vetoed': 'Was stopped, would now be spoken',
  'redacted-differently': 'Would be spoken with other words',
};

/** What a draft of a policy document would have done to the calls there were. */
export function PolicyReplay() {
  const { archive, clock } = useConsole();
  const policies = useArchive(state => state.policies);
  const draft = useArchive(state => state.draft);
  const replayed = useArchive(state => state.replayed);
  const [days, setDays] = useState<number>(7);
  const isLive = useDesk(state => state.name === 'ready' && state.link.name === 'live');
  useEffect(() => void archive.readPolicies(), [archive, isLive]);
  const pick = (name: string): void => {
    const chosen = policies?.documents.find(document => document.name === name);
    archive.state.setState({ draft: chosen?.text ?? '' });
  };
  return (
    <div className="flex min-h-0 flex-1 max-[900px]:flex-col">
      <section
        aria-label="The draft"
        className="flex w-[420px] flex-none flex-col gap-2 border-r border-line-2 p-4 max-[900px]:w-full"
      >
        <label className="flex items-center gap-2 text-muted">
          Begin with
          <select
            className="pill h-[28px] flex-1 bg-panel px-2 text-text"
            defaultValue=""
            onChange={event => pick(event.target.value)}
          >
            <option value="">What is in force</option>
            {policies?.documents.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <textarea
          aria-label="Draft of the policy document"
          placeholder="Nothing here: what is in force judges again."
          className="field num min-h-[200px] flex-1 resize-none p-2 text-[12px]"
          spellCheck={false}
          value={draft}
          onChange={event => archive.state.setState({ draft: event.target.value })}
        />
        <div className="flex items-center gap-2">
          <label className="flex items-center gap-1.5 text-muted">
            Calls of the last
            <select
              className="pill h-[28px] bg-panel px-2 text-text"
              value={days}
              onChange={event => setDays(Number(event.target.value))}
            >
              {DAYS.map(one => (
                <option key={one} value={one}>
                  {one === 1 ? 'day' : `${String(one)} days`}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="btn btn-40 ml-auto"
            disabled={replayed.name === 'asking'}
            onClick={() => void archive.tryDraft(days, clock.now())}
          >
            {replayed.name === 'asking' ? 'Judging' : 'Judge past calls'}
          </button>
        </div>
        <p className="m-0 text-[11.5px] text-faint">Nothing is put in force. The calls stay as they were.</p>
      </section>
      <section
        aria-label="What would change"
        className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto p-4"
      >
        {replayed.name === 'idle' && (
          <Trouble
            title="Nothing judged yet"
            words="Pick a document, change it, and see which sentences it would have stopped or let through."
          />
        )}
        {replayed.name === 'failed' && (
          <Trouble
            title="The draft was not judged"
            words={replayed.error.message}
            code={replayed.error.code}
          />
        )}
        {replayed.name === 'ready' && <Outcome replayed={replayed.value} />}
      </section>
    </div>
  );
}

function Outcome({
  replayed: { label, callCount, judgedCount, changes, clusters },
}: {
  readonly replayed: Replayed;
}) {
  const { archive } = useConsole();
  return (
    <>
      <p role="status" className="mt-0 text-muted">
        {judgedCount} {judgedCount === 1 ? 'sentence' : 'sentences'} of {callCount}{' '}
        {callCount === 1 ? 'call' : 'calls'} judged by {label}.{' '}
        {changes.length === 0 ? 'Nothing would change.' : `${String(changes.length)} would change.`}
      </p>
      {(Object.keys(CHANGE_WORDS) as (keyof typeof CHANGE_WORDS)[]).map(kind => {
        const of = changes.filter(({ change }) => change === kind);
        return of.length === 0 ? null : (
          <section key={kind} aria-label={CHANGE_WORDS[kind]} className="mb-4">
            <h2 className="m-0 mb-1 text-[13px] font-semibold">
              {CHANGE_WORDS[kind]} <span className="num text-muted">{of.length}</span>
            </h2>
            {of.map(({ chunkId, callId, atMs, draft, before, after }) => (
              <button
                key={chunkId}
                type="button"
                className="flex w-full items-baseline gap-3 border-t border-line-2 py-1.5 text-left hover:bg-raised"
                onClick={() => void archive.openAt(callId as CallId, atMs)}
              >
                <span className="min-w-0 flex-1">{draft}</span>
                <span className="flex-none text-[12px] text-muted">{after.policy ?? before.policy}</span>
              </button>
            ))}
          </section>
        );
      })}
      {clusters.length > 0 && (
        <section aria-label="What was stopped alike">
          <h2 className="m-0 mb-1 text-[13px] font-semibold">What was stopped alike</h2>
          {clusters.map(cluster => (
            <Cluster key={`${cluster.policy} ${cluster.example}`} cluster={cluster} />
          ))}
        </section>
      )}
    </>
  );
}

/** What was stopped alike, and each sentence of it as a way to its moment in its call (REP3). */
function Cluster({
  cluster: { example, policy, count, members, article },
}: {
  readonly cluster: VetoCluster;
}) {
  const { archive, clock } = useConsole();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className="border-t border-line-2 py-1.5">
      <div className="flex items-baseline gap-3">
        <span className="num w-[34px] flex-none text-right font-semibold">{count}</span>
        <button
          type="button"
          className="min-w-0 flex-1 text-left hover:underline"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {example}
          <span className="block text-[12px] text-muted">
            {policy}
            {article === null
              ? ' · no article was near'
              : ` · nearest article: ${article.title} (${article.docId})`}
          </span>
        </button>
      </div>
      {isOpen && (
        <ul aria-label={`Sentences like “${example}”`} className="m-0 mt-1 list-none pl-[46px]">
          {members.map(({ callId, seq, atMs, text }) => (
            <li key={`${callId} ${String(seq)}`}>
              <button
                type="button"
                className="flex w-full items-baseline gap-3 py-1 text-left hover:bg-raised"
                onClick={() => void archive.openAt(callId as CallId, atMs)}
              >
                <span className="min-w-0 flex-1">{text}</span>
                <span className="num flex-none text-[12px] text-muted">{whenWords(atMs, clock.now())}</span>
              </button>
            </li>
          ))}
          {members.length < count && (
            <li className="text-[12px] text-muted">And {count - members.length} before these</li>
          )}
        </ul>
      )}
    </div>
  );
}
