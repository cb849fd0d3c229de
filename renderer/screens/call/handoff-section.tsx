import { useMemo } from 'react';
import { Facts, SideSection } from '#renderer/components/side-column.tsx';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';

/** What a person needs who takes this call: where it stands, what is known, what is open, and what to do next. */
export function HandoffSection({ timeline }: { readonly timeline: CallTimeline }) {
  const brief = useMemo(() => handoffBrief(timeline), [timeline]);
  const { summary, facts, openQuestion, nextStep } = brief;
  return (
    <SideSection title="For whoever takes over">
      <p className="mt-0 mb-2">{summary}</p>
      <Facts
        rows={[
          ...facts.map(({ name, value }) => ({ name: sentenceCase(name), value })),
          ...(openQuestion === null ? [] : [{ name: 'Open', value: `“${openQuestion}”` }]),
          { name: 'Next step', value: nextStep },
        ]}
      />
    </SideSection>
  );
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
