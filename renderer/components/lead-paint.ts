import { useEffect, useRef, type RefObject } from 'react';

export interface LeadProps {
  readonly held: boolean;
  /** Lead time when the sentence was announced. */
  readonly fullLeadMs: number;
  /** Lead time left now. */
  readonly readLeadMs: () => number;
  readonly frames: (paint: () => void) => () => void;
}

/** Paints the figure and the line of a sentence that waits, with every frame. */
export function useLeadPaint({
  held,
  fullLeadMs,
  readLeadMs,
  frames,
}: LeadProps): readonly [RefObject<HTMLSpanElement | null>, RefObject<HTMLDivElement | null>] {
  const figure = useRef<HTMLSpanElement>(null);
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      frames(() => {
        const leftMs = Math.max(0, readLeadMs());
        if (figure.current) figure.current.textContent = held ? 'held' : leadWords(leftMs);
        const ratio = held ? 1 : leadRatio(leftMs, fullLeadMs);
        line.current?.style.setProperty('transform', `scaleX(${ratio.toFixed(4)})`);
      }),
    [frames, readLeadMs, held, fullLeadMs],
  );
  return [figure, line];
}

/** `in 1,240 ms`: steps of ten, because the last digit is noise. */
export const leadWords = (leftMs: number): string =>
  `in ${(Math.round(leftMs / 10) * 10).toLocaleString('en-US')} ms`;

/** Full when the sentence was announced, empty when the caller hears it. */
export function leadRatio(leftMs: number, fullLeadMs: number): number {
  return fullLeadMs <= 0 ? 0 : Math.max(0, Math.min(1, leftMs / fullLeadMs));
}
