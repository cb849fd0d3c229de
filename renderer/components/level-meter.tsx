import { useEffect, useRef } from 'react';

interface LevelMeterProps {
  readonly label: string;
  /** Peak now, 0 to 1; called with every frame. */
  readonly read: () => number;
  /** Calls back with every painted frame; returns how to stop. */
  readonly frames: (paint: () => void) => () => void;
}

const HEIGHTS = [7, 11, 16, 21, 27, 30, 26, 19, 12, 9, 7];

/** Own level as eleven bars. Painted, not rendered. */
export function LevelMeter({ label, read, frames }: LevelMeterProps) {
  const bars = useRef<SVGSVGElement>(null);
  useEffect(
    () =>
      frames(() => {
        // Loudness is heard in steps of decibels: -50 dB is nothing, 0 dB is full.
        const lit = Math.round(
          Math.max(0, Math.min(1, 1 + Math.log10(Math.max(read(), 1e-4)) / 2.5)) * HEIGHTS.length,
        );
        bars.current?.childNodes.forEach((bar, at) =>
          (bar as SVGElement).setAttribute('fill', at < lit ? 'var(--ok)' : 'var(--line)'),
        );
      }),
    [frames, read],
  );
  return (
    <svg ref={bars} width="78" height="30" role="img" aria-label={label}>
      {HEIGHTS.map((height, at) => (
        <rect key={at} x={at * 7} y={30 - height} width="5" height={height} rx="1.5" fill="var(--line)" />
      ))}
    </svg>
  );
}
