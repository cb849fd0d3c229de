export interface SparkSpan {
  readonly lane: 'caller' | 'A' | 'B' | 'human';
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly vetoed: boolean;
}

interface SparklineProps {
  readonly spans: readonly SparkSpan[];
  readonly nowMs: number;
}

const SHOWN_MS = 60_000;
const HUE = { caller: 'var(--caller)', A: 'var(--a)', B: 'var(--b)', human: 'var(--human)' } as const;

/** The last minute: the caller above, everybody who speaks to the caller below. */
export function Sparkline({ spans, nowMs }: SparklineProps) {
  const startMs = nowMs - SHOWN_MS;
  const percent = (atMs: number): number => Math.max(0, Math.min(100, ((atMs - startMs) / SHOWN_MS) * 100));
  return (
    <svg className="block h-[18px] w-full" aria-hidden="true">
      {spans.map(({ lane, fromMs, toMs, vetoed }) => {
        const x = percent(fromMs);
        const width = percent(toMs ?? nowMs) - x;
        if (width <= 0) return null;
        const y = lane === 'caller' ? 0 : 9;
        const key = `${lane}-${fromMs}-${String(vetoed)}`;
        if (!vetoed)
          return (
            <rect
              key={key}
              x={`${x}%`}
              y={y}
              width={`${width}%`}
              height="7"
              rx="2"
              fill={HUE[lane]}
              opacity={lane === 'caller' ? 0.55 : 1}
            />
          );
        return (
          <g key={key} stroke="var(--veto)" fill="color-mix(in oklab, var(--veto) 12%, transparent)">
            <rect x={`${x}%`} y={9.5} width={`${width}%`} height="7" rx="2" />
            <line x1={`${x + 0.6}%`} y1="16" x2={`${x + width - 0.6}%`} y2="10" />
          </g>
        );
      })}
    </svg>
  );
}
