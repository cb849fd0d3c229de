import { useEffect } from 'react';
import { useStore } from 'zustand';
import { FirstWordBar } from '#renderer/components/first-word-bar.tsx';
import { Facts, SideSection } from '#renderer/components/side-column.tsx';
import type { Citation, TextSpan } from '#shared/domain/lanes.ts';
import type { ChunkView } from '#shared/projections/call-timeline.ts';
import { traceWord, type WordTrace } from '#shared/projections/trace-word.ts';
import { policyWords, reasonWords, whenWords } from '#shared/projections/words.ts';
import { useConsole, useNow, useShown, useUi } from '#renderer/stores/use-console.ts';
import { traceStep } from '#renderer/stores/word-trace.ts';
import { SourceActions } from './cited-source.tsx';

/** Where one spoken word comes from: sentence, passage, author, policies, time (KNW23). */
export function WordTab() {
  const trace = useUi(state => state.trace);
  const chunk = useShown(state => (trace ? state.timeline.chunks[trace.chunkId] : undefined));
  const word = trace && chunk ? traceWord(chunk.text, chunk.citations, trace.offset) : null;
  if (!chunk || !word)
    return (
      <SideSection title="Word">
        <p className="m-0 text-muted">This word is not in the call at this moment.</p>
      </SideSection>
    );
  return (
    <>
      <WordSection chunk={chunk} word={word} />
      <SourceSection word={word} />
      <PolicySection chunk={chunk} />
      <TimeSection chunk={chunk} />
    </>
  );
}

function WordSection({ chunk, word }: { readonly chunk: ChunkView; readonly word: WordTrace }) {
  const { ui } = useConsole();
  const timeline = useShown(state => state.timeline);
  return (
    <SideSection title={`“${word.word}”`} aside={`Lane ${chunk.lane}`}>
      <p className="mt-0 mb-2">
        <Spanned text={chunk.text} span={word.span} />
      </p>
      <div className="flex gap-1.5">
        <button type="button" className="btn btn-small" onClick={() => traceStep(ui, timeline, -1)}>
          Word before
        </button>
        <button type="button" className="btn btn-small" onClick={() => traceStep(ui, timeline, 1)}>
          Next word
        </button>
      </div>
    </SideSection>
  );
}

const SUPPORT_WORDS: Readonly<Record<WordTrace['support'], string>> = {
  quoted: 'Word for word from this passage',
  cited: 'The AI’s own word, in a sentence that rests on this passage',
  own: 'The AI’s own word. Its sentence rests on no source.',
};

function SourceSection({ word }: { readonly word: WordTrace }) {
  const { citation, support, sourceSpan } = word;
  return (
    <SideSection title="Where it comes from">
      <p role="status" className="mt-0 mb-1.5 text-muted">
        {SUPPORT_WORDS[support]}
      </p>
      {citation && (
        <>
          <div className="font-medium">{citation.title}</div>
          <div className="text-muted">
            “<Spanned text={citation.quote} span={inQuote(citation, sourceSpan)} />”
          </div>
          {citation.kind === 'document' ? (
            <PassageLine citation={citation} />
          ) : (
            <p className="mt-1 mb-0 text-[12px] text-muted">From a tool</p>
          )}
          <SourceActions citation={citation} />
        </>
      )}
    </SideSection>
  );
}

function PassageLine({ citation: { sourceId, quote } }: { readonly citation: Citation }) {
  const { knowledge } = useConsole();
  const passage = useStore(knowledge.lookups.state, state => state.passage);
  const nowMs = useNow(60_000);
  useEffect(() => void knowledge.lookups.findAuthor(sourceId, quote), [knowledge, sourceId, quote]);
  const author = passage?.docId === sourceId && passage.quote === quote ? passage.author : null;
  return (
    <p className="mt-1 mb-0 text-[12px] text-muted">
      {author?.name === 'known'
        ? `Written by ${author.author}, ${whenWords(author.savedAtMs, nowMs)}`
        : author?.name === 'unknown'
          ? 'This desk does not know who wrote it'
          : 'Looking up who wrote it'}
    </p>
  );
}

function PolicySection({ chunk }: { readonly chunk: ChunkView }) {
  const { verdicts, judgeMs } = chunk;
  return (
    <SideSection
      title="What each policy said"
      {...(judgeMs === null ? {} : { aside: `gate ${judgeMs.toFixed(1)} ms` })}
    >
      {verdicts.length === 0 ? (
        <p className="m-0 text-muted">No policy was asked.</p>
      ) : (
        <Facts
          rows={verdicts.map(({ policy, decision, reason, judgeMs: tookMs }) => ({
            name: policyWords(policy),
            value: `${DECISION_WORDS[decision]}${decision === 'allow' ? '' : `: ${reasonWords(reason)}`}, ${tookMs.toFixed(1)} ms`,
            bad: decision === 'veto',
          }))}
        />
      )}
    </SideSection>
  );
}

const DECISION_WORDS = { allow: 'Allowed', redact: 'Replaced', veto: 'Vetoed' } as const;

function TimeSection({ chunk }: { readonly chunk: ChunkView }) {
  const measures = useShown(state => state.timeline.measures);
  const measure = chunk.turnId === null ? undefined : measures[chunk.turnId];
  const { draftedAtMs, judgedAtMs, speakingAtMs } = chunk;
  const between = (from: number | null, to: number | null): string =>
    from === null || to === null ? 'not yet' : `${Math.max(0, Math.round(to - from))} ms`;
  return (
    <SideSection title="Where the time went">
      {measure && <FirstWordBar measure={measure} />}
      <div className={measure ? 'mt-2.5' : ''}>
        <Facts
          rows={[
            {
              name: 'Draft to verdict',
              value: <span className="num">{between(draftedAtMs, judgedAtMs)}</span>,
            },
            {
              name: 'Verdict to ear',
              value: <span className="num">{between(judgedAtMs, speakingAtMs)}</span>,
            },
          ]}
        />
      </div>
    </SideSection>
  );
}

function Spanned({ text, span }: { readonly text: string; readonly span: TextSpan | null }) {
  if (!span) return text;
  return (
    <>
      {text.slice(0, span[0])}
      <mark className="hit">{text.slice(span[0], span[1])}</mark>
      {text.slice(span[1])}
    </>
  );
}

/** The same word inside the quotation: the trace counts from the beginning of the document. */
const inQuote = ({ span }: Citation, sourceSpan: TextSpan | null): TextSpan | null =>
  span && sourceSpan ? [sourceSpan[0] - span[0], sourceSpan[1] - span[0]] : null;
