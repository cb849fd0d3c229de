import { useEffect, useRef } from 'react';
import { KeyButton } from './key-button.tsx';

export interface NextStripProps {
  readonly text: string;
  readonly citations: readonly number[];
  readonly held: boolean;
  /** Lead time when the sentence was announced. */
  readonly fullLeadMs: number;
  /** Lead time left now. */
  readonly readLeadMs: () => number;
  readonly frames: (paint: () => void) => () => void;
  readonly mayVeto: boolean;
  readonly mayHold: boolean;
  readonly onVeto: () => void;
  readonly onHold: () => void;
}

/** The next sentence, the time until the caller hears it, and the keys that stop it. */
export function NextStrip(props: NextStripProps) {
  const { held, fullLeadMs, readLeadMs, frames } = props;
  const figure = useRef<HTMLSpanElement>(null);
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      frames(() => {
        const leftMs = Math.max(0, readLeadMs());
        if (figure.current) figure.current.textContent = held ? 'held' : leadWords(leftMs);
        line.current?.style.setProperty('transform', `scaleX(${held ? 1 : leadRatio(leftMs, fullLeadMs)})`);
      }),
    [frames, readLeadMs, held, fullLeadMs],
  );
  return (
    <section
      aria-label="About to say"
      className="strip relative flex min-h-[62px] flex-none items-center gap-4 border-b border-line px-5 py-2 max-[700px]:flex-wrap"
    >
      <div className="w-[80px] flex-none leading-[1.5]">
        <div className="text-[12px] font-semibold text-b">About to say</div>
        <div className="num text-[12px] whitespace-nowrap text-muted">
          <span ref={figure} data-testid="lead">
            {held ? 'held' : leadWords(readLeadMs())}
          </span>
        </div>
      </div>
      <p className="min-w-0 flex-1 text-[15px] max-[700px]:basis-full">
        {props.text}
        {props.citations.map(number => (
          <sup key={number} className="ml-0.5 text-[11px] font-semibold text-b">
            {number}
          </sup>
        ))}
      </p>
      <div className="flex gap-2">
        {props.mayVeto && <KeyButton label="Veto" shortcut="V" onPress={props.onVeto} />}
        {props.mayHold && (
          <KeyButton label={held ? 'Resume' : 'Hold'} shortcut="P" pressed={held} onPress={props.onHold} />
        )}
      </div>
      <div
        ref={line}
        className="absolute inset-x-0 bottom-0 h-0.5 origin-left"
        style={{ background: held ? 'var(--warn)' : 'var(--b)' }}
      />
    </section>
  );
}

export const leadWords = (leftMs: number): string =>
  `in ${Math.round(leftMs / 10) * 10 >= 1000 ? (Math.round(leftMs / 10) * 10).toLocaleString('en-US') : Math.round(leftMs / 10) * 10} ms`;

/** Full when the sentence was announced, empty when the caller hears it. */
export function leadRatio(leftMs: number, fullLeadMs: number): number {
  return fullLeadMs <= 0 ? 0 : Math.max(0, Math.min(1, leftMs / fullLeadMs));
}
