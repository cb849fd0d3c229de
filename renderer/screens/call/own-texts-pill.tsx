import { BookOpen } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { standing } from '#renderer/stores/own-texts.ts';
import { useCall, useConsole } from '#renderer/stores/use-console.ts';

/** Of which articles this call has a text of its own. Of a running call those that were published since are left out. */
export function OwnTextsPill({ isRunning }: { readonly isRunning: boolean }) {
  const { ownTexts } = useConsole().knowledge;
  const texts = useCall(state => state.timeline.ownTexts);
  const published = useStore(ownTexts.state, state => state.published);
  useEffect(() => {
    if (isRunning) for (const { docId } of texts) void ownTexts.look(docId);
  }, [ownTexts, texts, isRunning]);
  const shown = isRunning ? standing(texts, published) : texts;
  // The newest by name, because that is what somebody has just done.
  const newest = shown.at(-1);
  if (!newest) return null;
  return (
    <span
      className="pill pill-hue text-accent"
      data-testid="own-texts"
      title={shown.map(({ title, userName }) => `${title}, by ${userName}`).join('; ')}
    >
      <BookOpen size={13} strokeWidth={1.75} aria-hidden="true" />
      <span className="max-w-[240px] truncate">
        Own text: {newest.title}
        {shown.length > 1 && ` and ${shown.length - 1} more`}
      </span>
    </span>
  );
}
