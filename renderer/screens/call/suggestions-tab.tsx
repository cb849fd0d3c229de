import { Check, ShieldX } from 'lucide-react';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { Bullets, SideSection } from '#renderer/components/side-column.tsx';
import { isUsable } from '#renderer/stores/call-actions.ts';
import { useCall, useConsole, useKeyOf, useUi } from '#renderer/stores/use-console.ts';
import { HandoffSection } from './handoff-section.tsx';
import { catchUp } from '#shared/projections/catch-up.ts';
import type { SuggestionView } from '#shared/projections/call-timeline.ts';
import { policyWords, reasonWords } from '#shared/projections/words.ts';

/** What the AI would say, for the person who is on the line. */
export function SuggestionsTab() {
  const timeline = useCall(state => state.timeline);
  const { suggestions } = timeline;
  const usable = suggestions.filter(isUsable);
  const brief = catchUp(timeline);
  return (
    <>
      <SideSection title="The AI would say">
        <div aria-live="polite" className="flex flex-col gap-2">
          {suggestions.length === 0 && (
            <p className="m-0 text-muted">
              The AI listens. When the caller has finished, it says here what it would answer.
            </p>
          )}
          {suggestions.map(suggestion => (
            <Suggestion
              key={suggestion.suggestionId}
              suggestion={suggestion}
              at={usable.indexOf(suggestion)}
            />
          ))}
        </div>
      </SideSection>
      <HandoffSection timeline={timeline} />
      {brief.length > 0 && (
        <SideSection title="Brief">
          <Bullets lines={brief} />
        </SideSection>
      )}
    </>
  );
}

interface SuggestionProps {
  readonly suggestion: SuggestionView;
  /** Place among those that can be used; -1 for the others. */
  readonly at: number;
}

function Suggestion({ suggestion, at }: SuggestionProps) {
  const { text, decision, veto, citations, used, isStale } = suggestion;
  const { actions } = useConsole();
  const callId = useCall(state => state.callId);
  const waits = useUi(state => state.pending.includes('use-suggestion'));
  const keyOf = useKeyOf();
  const refused = decision === 'veto';
  return (
    <article
      className={`rounded-[12px] border px-3.5 py-2.5 ${refused ? 'border-veto/60' : 'border-line'} ${used || isStale ? 'opacity-70' : ''}`}
    >
      <p className={`m-0 text-[14px] ${refused ? 'text-muted line-through' : ''}`}>{text}</p>
      {citations.length > 0 && (
        <p className="mt-1 mb-0 text-[12px] text-muted">
          From{' '}
          {citations
            .map(({ title }) => title)
            .filter((title, first, all) => all.indexOf(title) === first)
            .join(', ')}
        </p>
      )}
      <div className="mt-1.5 flex min-h-[30px] items-center justify-between gap-2 text-[12.5px]">
        {veto ? (
          <span className="flex items-center gap-1.5 text-veto">
            <ShieldX size={14} strokeWidth={2} aria-hidden="true" className="flex-none" />
            Do not say this. {policyWords(veto.policy)}: {reasonWords(veto.reason)}
          </span>
        ) : used ? (
          <span className="flex items-center gap-1.5 text-ok">
            <Check size={14} strokeWidth={2} aria-hidden="true" /> Used; the AI counts it as said
          </span>
        ) : isStale ? (
          <span className="text-muted">From before the interruption; the caller may have gone on</span>
        ) : (
          <span className="text-muted">
            {decision === 'redact' ? 'Allowed by Lane C, with words replaced' : 'Allowed by Lane C'}
          </span>
        )}
        {at >= 0 && callId !== null && (
          <KeyButton
            className="btn-small"
            label="Use"
            shortcut={at === 0 ? keyOf('use-first') : at === 1 ? keyOf('use-second') : ''}
            disabled={waits}
            onPress={() => void actions.useSuggestion(callId, at)}
          />
        )}
      </div>
    </article>
  );
}
