import { useEffect, useRef } from 'react';
import { useConsole } from '#renderer/stores/use-console.ts';
import { clockWords } from '#shared/projections/words.ts';

interface ElapsedProps {
  readonly sinceMs: number;
  /** Stands still from here on. */
  readonly untilMs: number | null;
}

/** Running time. Paints itself once a second; nothing around it renders. */
export function Elapsed({ sinceMs, untilMs }: ElapsedProps) {
  const { clock } = useConsole();
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const paint = (): void => {
      if (element.current) element.current.textContent = clockWords((untilMs ?? clock.now()) - sinceMs);
    };
    paint();
    return untilMs === null ? clock.every(1_000, paint) : undefined;
  }, [clock, sinceMs, untilMs]);
  return <span ref={element} className="num" />;
}
