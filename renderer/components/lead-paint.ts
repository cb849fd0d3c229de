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
  useEffect(() => {
    // The same words written again are a new text node, which is laid out anew with every frame.
    let words = '';
    let scale = '';
    return frames(() => {
      const leftMs = Math.max(0, readLeadMs());
      const nextWords = held ? 'held' : leadWords(leftMs);
      if (figure.current && nextWords !== words) figure.current.textContent = words = nextWords;
      const nextScale = `scaleX(${(held ? 1 : leadRatio(leftMs, fullLeadMs)).toFixed(4)})`;
      if (line.current && nextScale !== scale) line.current.style.transform = scale = nextScale;
    });
  }, [frames, readLeadMs, held, fullLeadMs]);
  return [figure, line];
}

/** `in 1,240 ms`: steps of ten, because the last digit is noise. */
export const leadWords = (leftMs: number): string =>
  `in ${THOUSANDS.format(Math.round(leftMs / 10) * 10)} ms`;
/** Made once: it is needed with every frame. */
const THOUSANDS = new Intl.NumberFormat('en-US');

/** Full when the sentence was announced, empty when the caller hears it. */
export function leadRatio(leftMs: number, fullLeadMs: number): number {
  return fullLeadMs <= 0 ? 0 : Math.max(0, Math.min(1, leftMs / fullLeadMs));
}
