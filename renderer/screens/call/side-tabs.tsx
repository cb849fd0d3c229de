import { useMemo } from 'react';
import { FirstWordBar } from '#renderer/components/first-word-bar.tsx';
import { Bullets, Facts, SideSection, type FactRow } from '#renderer/components/side-column.tsx';
import { useShown } from '#renderer/stores/use-console.ts';
import { catchUp } from '#shared/projections/catch-up.ts';
import type { CallTimeline, ChunkView } from '#shared/projections/call-timeline.ts';
import type { Citation } from '#shared/domain/lanes.ts';
import { clockWords, codeWords, reasonWords, TURN_WORDS } from '#shared/projections/words.ts';
import { ToolApprovals } from './tool-approvals.tsx';
import { HandoffSection } from './handoff-section.tsx';
import { Source } from './cited-source.tsx';
import { useSourceList } from './use-sources.ts';

const useTimeline = () => useShown(state => state.timeline);

/** What Lane C said in this turn, the sources behind the sentence, the time it took, and a brief. */
export function VerdictsTab() {
  const timeline = useTimeline();
  const sources = useSourceList();
  const turn = chunksOfLastTurn(timeline);
  const judged = turn.filter(chunk => chunk.verdicts.length > 0);
  const last = turn.at(-1);
  const gateMs = judged.at(-1)?.judgeMs;
  return (
    <>
      <SideSection
        title="This turn"
        {...(gateMs === undefined || gateMs === null ? {} : { aside: `gate ${gateMs.toFixed(1)} ms` })}
      >
        {judged.length === 0 ? (
          <p className="m-0 text-muted">No verdict yet. Each policy answers before a word is spoken.</p>
        ) : (
          <Facts rows={verdictRows(judged)} />
        )}
      </SideSection>
      {last && last.citations.length > 0 && (
        <SideSection title="Sources behind the sentence">
          {last.citations.map(citation => (
            <Source key={citation.sourceId} citation={citation} number={numberOf(sources, citation)} />
          ))}
        </SideSection>
      )}
      <FirstWord timeline={timeline} />
      <Brief timeline={timeline} />
    </>
  );
}

export function SourcesTab() {
  const sources = useSourceList();
  return (
    <SideSection title="Sources of this call">
      {sources.length === 0 ? (
        <p className="m-0 text-muted">The AI has not named a source yet.</p>
      ) : (
        sources.map((citation, at) => <Source key={citation.sourceId} citation={citation} number={at + 1} />)
      )}
    </SideSection>
  );
}

export function ToolsTab() {
  const { tools, connectedAtMs } = useTimeline();
  return (
    <>
      <ToolApprovals />
      <SideSection title="Tool calls">
        {tools.length === 0 && <p className="m-0 text-muted">No tool has been used.</p>}
        {tools.toReversed().map(tool => (
          <div key={tool.auditId} className="mb-3">
            <div className="flex items-baseline gap-2">
              <b className="font-semibold">{tool.tool}</b>
              <span className={tool.status === 'ok' ? 'text-ok' : 'text-veto'}>{tool.status}</span>
              <span className="num ml-auto text-[12px] text-muted">
                {clockWords(tool.atMs - (connectedAtMs ?? tool.atMs))} · {Math.round(tool.latencyMs)} ms
              </span>
            </div>
            <div className="num text-[11.5px] break-words text-muted">{tool.request}</div>
            <div className="num text-[11.5px] break-words text-muted">{tool.response}</div>
          </div>
        ))}
      </SideSection>
      <Tickets />
    </>
  );
}

const TICKET_WORDS = {
  requested: 'Written down',
  retrying: 'Trying again',
  done: 'There',
  failed: 'Failed',
} as const;

function Tickets() {
  const { tickets } = useTimeline();
  if (tickets.length === 0) return null;
  return (
    <SideSection title="Tickets">
      {tickets.toReversed().map(({ requestId, subject, state, ticketId, code }) => (
        <div key={requestId} className="mb-2 last:mb-0">
          <div className="flex items-baseline gap-2">
            <span className={state === 'failed' ? 'text-veto' : state === 'done' ? 'text-ok' : 'text-muted'}>
              {TICKET_WORDS[state]}
            </span>
            {ticketId !== null && (
              <span className="num ml-auto truncate text-[12px] text-muted">{ticketId}</span>
            )}
          </div>
          <div className="truncate">{subject}</div>
          {code !== null && <div className="num text-[11.5px] text-muted">{code}</div>}
        </div>
      ))}
    </SideSection>
  );
}

export function CallerTab() {
  const timeline = useTimeline();
  const { displayName, from, line, brain, voice, intents } = timeline;
  return (
    <>
      <SideSection title="Caller">
        <Facts
          rows={[
            { name: 'Name', value: displayName },
            { name: 'Number', value: from ?? 'Withheld' },
            { name: 'Line', value: line },
            { name: 'Brain', value: brain },
            { name: 'Voice', value: voice },
          ]}
        />
      </SideSection>
      <SideSection title="What they want">
        {intents.length === 0 ? (
          <p className="m-0 text-muted">Not judged yet.</p>
        ) : (
          <Facts
            rows={intents.map(({ intent, decision, atMs }) => ({
              name: clockWords(atMs - (timeline.connectedAtMs ?? atMs)),
              value: `${codeWords(intent.toLowerCase().replaceAll('_', '-'))}, tools ${decision === 'allow' ? 'allowed' : 'refused'}`,
              bad: decision !== 'allow',
            }))}
          />
        )}
      </SideSection>
      <HandoffSection timeline={timeline} />
      <Brief timeline={timeline} />
    </>
  );
}

export function TurnTab() {
  const timeline = useTimeline();
  return (
    <>
      <SideSection title="Turn">
        <Facts
          rows={[
            { name: 'State', value: TURN_WORDS[timeline.turn] },
            { name: 'Turn', value: <span className="num">{timeline.turnNumber}</span> },
            {
              name: 'On the line',
              value: timeline.floor === 'ai' ? 'The AI' : (timeline.takeover?.userName ?? 'A person'),
            },
            { name: 'Sentences', value: <span className="num">{timeline.chunkOrder.length}</span> },
          ]}
        />
      </SideSection>
      <FirstWord timeline={timeline} />
    </>
  );
}

function FirstWord({ timeline: { lastMeasure } }: { readonly timeline: CallTimeline }) {
  if (!lastMeasure) return null;
  const firstMs = lastMeasure['firstAudioMs'];
  return (
    <SideSection
      title="Time to first word"
      {...(firstMs === undefined || firstMs === null ? {} : { aside: `${Math.round(firstMs)} ms` })}
    >
      <FirstWordBar measure={lastMeasure} />
    </SideSection>
  );
}

function Brief({ timeline }: { readonly timeline: CallTimeline }) {
  const lines = useMemo(() => catchUp(timeline), [timeline]);
  return (
    <SideSection title="What you missed">
      {lines.length === 0 ? <p className="m-0 text-muted">Nothing yet.</p> : <Bullets lines={lines} />}
    </SideSection>
  );
}

const numberOf = (sources: readonly Citation[], citation: Citation): number =>
  sources.findIndex(({ sourceId }) => sourceId === citation.sourceId) + 1;

function chunksOfLastTurn({ chunks, chunkOrder }: CallTimeline): readonly ChunkView[] {
  const all = chunkOrder.flatMap(id => chunks[id] ?? []).filter(chunk => chunk.lane === 'B');
  const last = all.at(-1);
  return last ? all.filter(chunk => chunk.turnId === last.turnId) : [];
}

/** One row per policy over all sentences of the turn: a veto counts more than a later allowance. */
function verdictRows(chunks: readonly ChunkView[]): readonly FactRow[] {
  const rows = new Map<string, FactRow>();
  for (const chunk of chunks)
    for (const { policy, decision, reason } of chunk.verdicts) {
      const before = rows.get(policy);
      if (decision === 'veto')
        rows.set(policy, { name: policy, value: `Vetoed: ${reasonWords(reason)}`, bad: true });
      else if (decision === 'redact')
        rows.set(policy, { name: policy, value: `Replaced: ${reasonWords(reason)}` });
      else if (before?.bad) rows.set(policy, { ...before, value: 'Vetoed, then rephrased' });
      else if (!before) rows.set(policy, { name: policy, value: allowedWords(policy, chunk) });
    }
  const supervisor = chunks.findLast(chunk => chunk.veto?.by === 'supervisor');
  if (supervisor)
    rows.set('supervisor', {
      name: 'supervisor',
      value: `Vetoed by ${supervisor.veto?.userName ?? 'a person'}`,
      bad: true,
    });
  return [...rows.values()];
}

const allowedWords = (policy: string, { citations }: ChunkView): string =>
  policy === 'grounded-figures' && citations.length > 0 ? `Allowed, cites ${citations.length}` : 'Allowed';
