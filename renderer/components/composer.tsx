import { useEffect, useRef } from 'react';
import { Kbd } from './kbd.tsx';
import { ariaKey } from './key-sign.ts';

export interface ComposerTab<Mode extends string> {
  readonly mode: Mode;
  readonly words: string;
  readonly shortcut: string;
  readonly hint: string;
}

export interface ComposerProps<Mode extends string> {
  readonly tabs: readonly ComposerTab<Mode>[];
  readonly mode: Mode;
  readonly text: string;
  readonly busy: boolean;
  /** Rises when somebody asks for the caret; 0 never takes it. */
  readonly focusRequest: number;
  readonly onMode: (mode: Mode) => void;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
}

/** One line of text to the AI: a note that only it reads, or a sentence that it says. Enter sends, Escape leaves. */
export function Composer<Mode extends string>(props: ComposerProps<Mode>) {
  const { tabs, mode, focusRequest } = props;
  const input = useRef<HTMLInputElement>(null);
  const current = tabs.find(tab => tab.mode === mode) ?? tabs[0];
  useEffect(() => {
    if (focusRequest > 0) input.current?.focus();
  }, [focusRequest]);
  return (
    <form
      className="flex h-10 min-w-0 flex-[1_1_300px] items-center gap-2.5 rounded-[8px] border border-line bg-bg pr-3 pl-3 focus-within:border-accent"
      onSubmit={event => {
        event.preventDefault();
        if (!props.busy) props.onSend();
      }}
    >
      <div
        className="flex flex-none rounded-[6px] border border-line p-px"
        role="group"
        aria-label="What becomes of the text"
      >
        {tabs.map(tab => (
          <button
            key={tab.mode}
            type="button"
            aria-pressed={tab.mode === mode}
            aria-keyshortcuts={ariaKey(tab.shortcut)}
            className={`h-[20px] rounded-[5px] px-2 text-[12px] ${tab.mode === mode ? 'bg-hover font-semibold text-text' : 'text-muted'}`}
            onClick={() => {
              props.onMode(tab.mode);
              input.current?.focus();
            }}
          >
            {tab.words}
          </button>
        ))}
      </div>
      <input
        ref={input}
        className="h-full min-w-0 flex-1 bg-transparent outline-none placeholder:text-faint"
        aria-label={current?.hint}
        placeholder={current?.hint}
        value={props.text}
        maxLength={2000}
        onChange={event => props.onText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <Kbd>{current?.shortcut ?? ''}</Kbd>
    </form>
  );
}
