import type { Citation } from '#shared/domain/lanes.ts';
import { mayEditKnowledge } from '#renderer/stores/knowledge.ts';
import { useCall, useConsole, useDesk } from '#renderer/stores/use-console.ts';

/** A source of the call: the article, the words that count, and the ways to both. */
export function Source({ citation, number }: { readonly citation: Citation; readonly number: number }) {
  return (
    <div className="mb-2 grid grid-cols-[24px_minmax(0,1fr)] last:mb-0">
      <span className="num text-[12px] font-semibold text-lane-b">{number}</span>
      <div>
        <div className="font-medium">{citation.title}</div>
        <div className="text-muted">“{citation.quote}”</div>
        <div className="text-[12px] text-faint">
          {citation.kind === 'tool' ? 'From a tool' : 'Approved knowledge'}
          {citation.snapshotId !== undefined && ` · ${citation.snapshotId}`}
        </div>
        <SourceActions citation={citation} />
      </div>
    </div>
  );
}

/** To the article, and to a text of it for this call alone. */
export function SourceActions({ citation: { kind, sourceId, title } }: { readonly citation: Citation }) {
  const { knowledge, actions } = useConsole();
  const callId = useCall(state => state.callId);
  const isRunning = useCall(
    state => state.timeline.connectedAtMs !== null && state.timeline.endedAtMs === null,
  );
  const mayEdit = useDesk(mayEditKnowledge);
  if (kind !== 'document') return null;
  return (
    <div className="mt-1 flex flex-wrap gap-1.5">
      <button
        type="button"
        className="btn btn-small"
        aria-label={`Open the article ${title}`}
        onClick={() => actions.openArticle(sourceId)}
      >
        Open the article
      </button>
      {mayEdit && isRunning && callId !== null && (
        <button
          type="button"
          className="btn btn-small"
          aria-label={`Fix ${title} for this call`}
          onClick={() => void knowledge.patch.fixFor(callId, sourceId)}
        >
          Fix for this call
        </button>
      )}
    </div>
  );
}
