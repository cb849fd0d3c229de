import { ArrowLeft, Ellipsis, GitMerge, History } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { DetailsButton } from '../details-button.tsx';
import { useConsole } from '#renderer/stores/use-console.ts';

export interface DocumentHeaderProps {
  /** What the document is, in a sentence: "article", "policy". */
  readonly thing: string;
  readonly title: ReactNode;
  /** What is in conflict, in words; null where nothing is. */
  readonly conflict: string | null;
  readonly hasHistory: boolean;
  /** What can be done with it as a whole. */
  readonly children: ReactNode;
}

/** The line above a document: back to the list, its name, its conflict, its history, and its details where they are folded away. */
export function DocumentHeader({ thing, title, conflict, hasHistory, children }: DocumentHeaderProps) {
  const { knowledge } = useConsole();
  return (
    <header className="article-header flex min-h-[60px] flex-none flex-wrap items-center gap-2 border-b border-line-2 px-6 py-2">
      <button
        type="button"
        className="btn narrow-only h-9 w-9 border-transparent bg-transparent p-0"
        aria-label="Back to the list"
        onClick={() => knowledge.desk.close()}
      >
        <ArrowLeft size={18} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {title}
      {conflict !== null && (
        <span className="pill pill-hue text-warn">
          <GitMerge size={13} strokeWidth={2} aria-hidden="true" />
          Conflict in {conflict}
        </span>
      )}
      <span className="flex-1" />
      <button
        type="button"
        className="btn"
        aria-label={`History of this ${thing}`}
        disabled={!hasHistory}
        onClick={() => void knowledge.desk.showHistory()}
      >
        <History size={16} strokeWidth={1.75} aria-hidden="true" /> History
      </button>
      {children}
      <DetailsButton />
    </header>
  );
}

/** What is done more rarely. */
export function DocumentMenu({ children }: { readonly children: ReactNode }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="btn px-2" aria-label="More">
        <Ellipsis size={16} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
