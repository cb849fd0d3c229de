import { ShieldCheck, ShieldX } from 'lucide-react';
import { useId } from 'react';
import { useStore } from 'zustand';
import { spaceOf } from '#shared/domain/document-space.ts';
import { Avatar } from '#renderer/components/avatar.tsx';
import { SideSection } from '#renderer/components/side-column.tsx';
import type { CallId } from '#shared/domain/ids.ts';
import type { AskAnswer, KnowledgeUsage } from '#shared/protocol/knowledge.ts';
import type { AskedAnswer } from '#shared/ipc/knowledge-commands.ts';
import { policyWords, reasonWords, whenWords } from '#shared/projections/words.ts';
import { mayEditKnowledge } from '#renderer/stores/knowledge.ts';
import type { OpenArticle } from '#renderer/stores/knowledge-article.ts';
import {
  useArticle,
  useConsole,
  useDesk,
  useKnowledgeList,
  useNow,
  useUi,
} from '#renderer/stores/use-console.ts';
import { answersWords, dayWords } from './knowledge-words.ts';

/** What the article does with callers, and who answers for it. */
export function ArticleSide() {
  const article = useArticle(state => (state.name === 'open' ? state : null));
  const sideOpen = useUi(state => state.sideOpen);
  if (!article) return null;
  return (
    <aside
      aria-label="About this article"
      className={`side w-[336px] flex-none flex-col overflow-y-auto border-l border-line-2 bg-panel ${sideOpen ? 'side-open' : ''}`}
    >
      <TestBox article={article} />
      {article.doc && <UsageSections />}
      <OwnerSection article={article} />
      <KindSection article={article} />
    </aside>
  );
}

/** A question of a caller, answered as a call would be. */
export function TestBox({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const question = useStore(knowledge.lookups.state, state => state.question);
  const asked = useStore(knowledge.lookups.state, state => state.asked);
  const id = useId();
  // A policy that is not in force judges nothing: what is typed makes no difference to the answer.
  const isPolicy = article.doc !== null && spaceOf(article.doc.docId) === 'policies';
  return (
    <SideSection title="Ask as a caller">
      <form
        onSubmit={event => {
          event.preventDefault();
          void knowledge.lookups.ask(article);
        }}
      >
        <label htmlFor={id} className="sr-only">
          Question of a caller
        </label>
        <input
          id={id}
          className="field"
          placeholder="How long until I get my money back?"
          autoComplete="off"
          maxLength={500}
          value={question}
          onChange={event => knowledge.lookups.setQuestion(event.target.value)}
          onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
        />
      </form>
      <div role="status" aria-label="Answer">
        {asked.name === 'asking' && <div className="skeleton mt-2 h-[92px]" />}
        {asked.name === 'failed' && (
          <p className="mt-2 mb-0 text-muted">
            {asked.error.code === 'worker.unreachable'
              ? 'Only the worker can answer. Ask again when it is back.'
              : asked.error.message}{' '}
            <small className="num text-[11px] text-faint">{asked.error.code}</small>
          </p>
        )}
        {asked.name === 'answered' && (
          <>
            {asked.answer.from === 'worker' ? (
              <Answer answer={asked.answer} />
            ) : (
              <PassagesHere answer={asked.answer} />
            )}
            {!isPolicy && asked.markdown !== article.text.markdown && (
              <p className="mt-2 mb-0 text-[12px] text-warn">The text has changed since this answer</p>
            )}
          </>
        )}
      </div>
      <p className="mt-2 mb-0 text-[12px] text-muted">
        {isPolicy
          ? 'Judged by what is in force now. Nobody hears it'
          : article.doc === null
            ? 'Answers from what is published; this article joins in once it is saved'
            : article.doc.publishedMarkdown === article.text.markdown
              ? 'Answers from what is published. Nobody hears it'
              : 'Answers from this draft, not yet published. Nobody hears it'}
      </p>
    </SideSection>
  );
}

type AnswerFrom<From extends AskedAnswer['from']> = Extract<AskedAnswer, { readonly from: From }>;

function Answer({ answer }: { readonly answer: AnswerFrom<'worker'> }) {
  const stopped = answer.verdicts.filter(({ decision }) => decision === 'veto');
  const Shield = stopped.length > 0 ? ShieldX : ShieldCheck;
  return (
    <>
      <div className="ask-answer">
        <b className="block text-[12px] font-semibold text-lane-b">AI</b>
        <p className="m-0 text-[13px]">
          {answer.answer}
          {answer.citations.map((_, at) => (
            <sup key={at} className="ml-1 text-[11px] font-semibold text-lane-b">
              {at + 1}
            </sup>
          ))}
        </p>
        <p className="mt-1.5 mb-0 flex items-start gap-1.5 text-[12px] text-muted">
          <Shield
            size={14}
            strokeWidth={1.75}
            aria-hidden="true"
            className={`mt-px flex-none ${stopped.length > 0 ? 'text-veto' : 'text-ok'}`}
          />
          <span className="flex-1">
            {stopped.length === 0
              ? 'Lane C allows it'
              : `Lane C stops it: ${stopped.map(({ policy, reason }) => `${policyWords(policy).toLowerCase()} (${reasonWords(reason)})`).join(', ')}`}
          </span>
          <span className="num">{Math.max(1, Math.round(answer.tookMs))} ms</span>
        </p>
      </div>
      <Sources label="Sources of the answer" sources={answer.citations} />
      {answer.citations.length === 0 && (
        <p className="mt-2 mb-0 text-[12px] text-muted">It rests on no article</p>
      )}
    </>
  );
}

/** Without the worker there is nobody to speak; what there is to speak from is here (SYN35). */
function PassagesHere({ answer: { passages, asOfMs } }: { readonly answer: AnswerFrom<'desk'> }) {
  const nowMs = useNow(60_000);
  return (
    <>
      <p className="mt-2 mb-0 text-muted">
        {passages.length > 0
          ? 'No worker: these are the passages the AI would answer from'
          : 'No worker. No passage supports an answer: the AI would say that it does not have that information'}
        , as published here {whenWords(asOfMs, nowMs)}.
      </p>
      <Sources label="Passages the AI would answer from" sources={passages} />
    </>
  );
}

function Sources({ label, sources }: { readonly label: string; readonly sources: AskAnswer['citations'] }) {
  if (sources.length === 0) return null;
  return (
    <ol className="mt-2 mb-0 list-none space-y-1.5 p-0" aria-label={label}>
      {sources.map(({ title, section, quote, isDraft }, at) => (
        <li key={at} className="grid grid-cols-[18px_minmax(0,1fr)] text-[12px]">
          <span className="num font-semibold text-lane-b">{at + 1}</span>
          <span>
            <span className="font-medium">
              {title}
              {section !== '' && section !== title && `, ${section}`}
            </span>{' '}
            {isDraft && <span className="text-accent">this draft</span>}
            <span className="block text-muted">“{quote}”</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function UsageSections() {
  const { knowledge } = useConsole();
  const usage = useStore(knowledge.lookups.state, state => state.usage);
  return (
    <>
      <SideSection title="Where it is spoken">
        {usage.name === 'loading' && <div className="skeleton h-[52px]" />}
        {usage.name === 'failed' && (
          <p className="m-0 text-muted">
            {usage.error.code === 'worker.unreachable'
              ? 'The worker counts the answers, and cannot be reached.'
              : usage.error.message}{' '}
            <small className="num text-[11px] text-faint">{usage.error.code}</small>
          </p>
        )}
        {usage.name === 'ready' && <UsageBars days={usage.usage.days} />}
      </SideSection>
      {usage.name === 'ready' && usage.usage.vetoes.length > 0 && <Vetoes vetoes={usage.usage.vetoes} />}
    </>
  );
}

function UsageBars({ days }: { readonly days: KnowledgeUsage['days'] }) {
  const nowMs = useNow(60_000);
  const most = Math.max(1, ...days.map(({ answers }) => answers));
  const answers = days.reduce((sum, day) => sum + day.answers, 0);
  const interrupted = days.reduce((sum, day) => sum + day.interrupted, 0);
  return (
    <>
      <div className="usage-bars" aria-hidden="true">
        {days.map(day => (
          <span
            key={day.startsAtMs}
            className="keeps-colour"
            style={{ height: `${Math.max(6, (day.answers / most) * 100)}%` }}
            title={`${dayWords(day.startsAtMs, nowMs)}: ${answersWords(day.answers)}`}
          />
        ))}
      </div>
      <p className="m-0 text-[12.5px] text-muted">
        {answers === 0
          ? 'Not spoken in seven days'
          : `${answersWords(answers)} in seven days${interrupted === 0 ? '' : `, ${interrupted} of them interrupted`}`}
      </p>
    </>
  );
}

function Vetoes({ vetoes }: { readonly vetoes: KnowledgeUsage['vetoes'] }) {
  const { archive } = useConsole();
  const nowMs = useNow(60_000);
  return (
    <SideSection title="Vetoes this could prevent">
      {vetoes.map(({ policy, count, moments }) => (
        <div key={policy}>
          <p className="m-0 text-[12.5px] text-muted">
            {count === 1 ? '1 answer' : `${count} answers`} that cited it {count === 1 ? 'was' : 'were'}{' '}
            stopped by {policyWords(policy).toLowerCase()}.
          </p>
          <ul
            aria-label={`Stopped by ${policyWords(policy).toLowerCase()}`}
            className="m-0 mb-2 list-none p-0"
          >
            {moments.map(({ callId, atMs, text }) => (
              <li key={`${callId} ${String(atMs)}`}>
                <button
                  type="button"
                  className="mt-1 w-full text-left text-[12.5px] text-accent hover:underline"
                  onClick={() => void archive.openAt(callId as CallId, atMs)}
                >
                  “{text}” <span className="num text-faint">{whenWords(atMs, nowMs)}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </SideSection>
  );
}

const INTERVALS: readonly (readonly [days: string, words: string])[] = [
  ['', 'never'],
  ['30', 'every 30 days'],
  ['90', 'every 90 days'],
  ['180', 'every 180 days'],
  ['365', 'every year'],
];
const DAY_MS = 86_400_000;

function OwnerSection({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const mayEdit = useDesk(mayEditKnowledge);
  const me = useDesk(state => (state.name === 'ready' ? state.user : null));
  const people = useKnowledgeList(state => state.people);
  const nowMs = useNow(60_000);
  const { ownerId = '', verifyEveryDays = '', verifiedAtMs = '' } = article.text.fields;
  const nameOf = (id: string): string =>
    id === me?.userId ? me.name : (people.find(({ userId }) => userId === id)?.name ?? id);
  const owners = [...new Set(['', me?.userId ?? '', ...people.map(({ userId }) => userId), ownerId])];
  const due = verifyEveryDays === '' ? null : Number(verifiedAtMs || 0) + Number(verifyEveryDays) * DAY_MS;
  const intervals = INTERVALS.some(([days]) => days === verifyEveryDays)
    ? INTERVALS
    : [...INTERVALS, [verifyEveryDays, `every ${verifyEveryDays} days`] as const];
  return (
    <SideSection title="Owner">
      <div className="flex items-center gap-2">
        {ownerId !== '' && <Avatar name={nameOf(ownerId)} me={ownerId === me?.userId} />}
        {mayEdit ? (
          <>
            <select
              className="field h-[30px] min-w-0 flex-1 px-2"
              aria-label="Owner"
              value={ownerId}
              onChange={event => knowledge.desk.setField('ownerId', event.target.value)}
            >
              {owners.map(id => (
                <option key={id} value={id}>
                  {id === '' ? 'Nobody' : nameOf(id)}
                </option>
              ))}
            </select>
            <select
              className="field h-[30px] w-[132px] flex-none px-2"
              aria-label="Verify"
              value={verifyEveryDays}
              onChange={event => knowledge.desk.setField('verifyEveryDays', event.target.value)}
            >
              {intervals.map(([days, words]) => (
                <option key={days} value={days}>
                  {days === '' ? 'verify never' : words}
                </option>
              ))}
            </select>
          </>
        ) : (
          <span className="text-muted">
            {ownerId === '' ? 'Nobody' : nameOf(ownerId)}
            {verifyEveryDays !== '' && `, verify every ${verifyEveryDays} days`}
          </span>
        )}
      </div>
      <div className="mt-2 flex items-center gap-2 text-[12px]">
        <span className={`mr-auto ${due !== null && due <= nowMs ? 'text-warn' : 'text-muted'}`}>
          {due === null
            ? verifiedAtMs === ''
              ? 'Nobody has to look at it again'
              : `Looked at on ${dayWords(Number(verifiedAtMs), nowMs)}`
            : verifiedAtMs === ''
              ? 'Nobody has looked at it yet'
              : due <= nowMs
                ? `Due since ${dayWords(due, nowMs)}`
                : `Verify by ${dayWords(due, nowMs)}`}
        </span>
        {mayEdit && (
          <button type="button" className="btn btn-small" onClick={() => void knowledge.desk.verifyToday()}>
            Verified today
          </button>
        )}
      </div>
    </SideSection>
  );
}

/** A fact, or what to answer to something callers say against us. */
function KindSection({ article }: { readonly article: OpenArticle }) {
  const { knowledge } = useConsole();
  const mayEdit = useDesk(mayEditKnowledge);
  const { kind = 'fact', heard = '' } = article.text.fields;
  if (!mayEdit) return null;
  return (
    <SideSection title="Kind">
      <select
        className="field h-[30px] px-2"
        aria-label="Kind"
        value={kind}
        onChange={event => knowledge.desk.setField('kind', event.target.value)}
      >
        <option value="fact">A fact</option>
        <option value="objection">An answer to an objection</option>
      </select>
      {kind === 'objection' && (
        <label className="mt-2 block text-[12px] text-muted">
          What callers say, parted by ;
          <input
            className="field mt-1 h-[30px]"
            maxLength={2000}
            value={heard}
            onChange={event => knowledge.desk.setField('heard', event.target.value)}
          />
        </label>
      )}
    </SideSection>
  );
}
