import { ShieldAlert, ShieldCheck, ShieldMinus } from 'lucide-react';
import { memo, useEffect, useRef, useState, type PointerEvent } from 'react';
import type { LaneSpan } from '#shared/projections/lane-timeline.ts';
import { clockWords } from '#shared/projections/words.ts';
import { isWaiting, placeSpans, PX_PER_S, waveBars, xOf, type PlacedSpan } from './lane-axis.ts';

const LANES = [
  { lane: 'caller', words: 'Caller', hue: 'var(--caller)', topPx: 0, heightPx: 46, mark: 'rounded-[2px]' },
  { lane: 'A', words: 'A Reflex', hue: 'var(--a)', topPx: 46, heightPx: 36, mark: 'rounded-full' },
  { lane: 'B', words: 'B Reasoned', hue: 'var(--b)', topPx: 82, heightPx: 42, mark: 'rounded-[2px]' },
  { lane: 'C', words: 'C Control', hue: 'var(--c)', topPx: 124, heightPx: 30, mark: 'rounded-b-full' },
  { lane: 'human', words: 'Human', hue: 'var(--human)', topPx: 154, heightPx: 38, mark: 'rounded-[2px]' },
] as const;

/** Future that stays in view right of the now-line. */
const FUTURE_PX = 150;
const TICK_S = 10;

export interface LaneTimelineProps {
  readonly spans: readonly LaneSpan[];
  /** Begin of the call: 0:00 on the axis. */
  readonly originMs: number;
  readonly endedAtMs: number | null;
  /** The instant at the now-line, for what is rendered; a look back holds it still. */
  readonly nowMs: number;
  readonly leadMs: number;
  readonly live: boolean;
  /** What the dashed span of withheld speech says. */
  readonly withheldWords: string;
  /** The instant at the now-line, for what is painted. */
  readonly readNowMs: () => number;
  readonly frames: (paint: () => void) => () => void;
  /** A new instant at the now-line. */
  readonly onScrub: (atMs: number) => void;
}

/** Everybody on one axis: the past left of the now-line, what waits right of it. Drag to look back. */
export function LaneTimeline(props: LaneTimelineProps) {
  const { originMs, nowMs, readNowMs, frames, onScrub } = props;
  const box = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly xPx: number; readonly nowMs: number } | null>(null);
  const widthPx = useWidth(box);
  const nowX = Math.max(80, widthPx - FUTURE_PX);

  useEffect(
    () =>
      frames(() => {
        const shift = nowX - xOf(readNowMs(), originMs);
        layer.current?.style.setProperty('transform', `translateX(${shift.toFixed(1)}px)`);
      }),
    [frames, readNowMs, originMs, nowX],
  );

  const from = xOf(nowMs, originMs) - nowX - 200;
  const to = xOf(nowMs, originMs) + FUTURE_PX + 200;
  const placed = placeSpans(props.spans, originMs, nowMs, props.leadMs).filter(
    ({ xPx, widthPx: width }) => xPx + width >= from && xPx <= to,
  );
  const firstTick = Math.max(0, Math.floor(from / PX_PER_S / TICK_S));
  const ticks = Array.from(
    { length: Math.max(0, Math.ceil((to - from) / PX_PER_S / TICK_S) + 1) },
    (_, at) => (firstTick + at) * TICK_S,
  );

  const onMove = (event: PointerEvent): void => {
    if (!drag.current) return;
    const back = ((event.clientX - drag.current.xPx) / PX_PER_S) * 1000;
    const atMs = Math.max(originMs, drag.current.nowMs - back);
    onScrub(atMs);
  };

  return (
    <section
      aria-label="Lanes"
      className="lanes relative flex h-[193px] flex-none border-b border-line-2 bg-panel"
    >
      <div className="w-[106px] flex-none border-r border-line-2">
        {LANES.map(({ lane, words, hue, heightPx, mark }) => (
          <div
            key={lane}
            data-lane={lane}
            style={{ height: heightPx }}
            className="lane-label flex items-center gap-2 border-b border-line-2 pl-5 text-[11.5px] text-muted last:border-b-0"
          >
            <span className={`keeps-colour h-2 w-2 flex-none ${mark}`} style={{ background: hue }} />
            <span className="truncate">{words}</span>
          </div>
        ))}
      </div>
      <div
        ref={box}
        className="lanes-axis relative min-w-0 flex-1 touch-none overflow-hidden select-none"
        role="img"
        aria-label={summary(props)}
        onPointerDown={event => {
          drag.current = { xPx: event.clientX, nowMs: readNowMs() };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onMove}
        onPointerUp={() => {
          drag.current = null;
        }}
      >
        {LANES.slice(0, 4).map(({ lane, topPx, heightPx }) => (
          <div
            key={lane}
            className="absolute inset-x-0 h-px bg-line-2"
            style={{ top: topPx + heightPx - 1 }}
          />
        ))}
        <div
          className="absolute inset-y-0 right-0"
          style={{ left: nowX, background: 'color-mix(in oklab, var(--b) 7%, transparent)' }}
        />
        <div ref={layer} className="absolute inset-y-0 left-0 w-0 will-change-transform">
          {ticks.map(second => (
            <div
              key={second}
              className="absolute top-0 h-[192px] border-l border-line-2"
              style={{ left: second * PX_PER_S }}
            >
              <span className="num absolute bottom-0.5 left-1.5 text-[11px] text-faint">
                {clockWords(second * 1000)}
              </span>
            </div>
          ))}
          {placed.map(one => (
            <Span key={one.span.key} placed={one} withheldWords={props.withheldWords} />
          ))}
        </div>
        <div className="now-line absolute inset-y-0 w-0.5 bg-text" style={{ left: nowX - 1 }} />
      </div>
    </section>
  );
}

const Span = memo(function Span({
  placed: { span, xPx, widthPx },
  withheldWords,
}: {
  readonly placed: PlacedSpan;
  readonly withheldWords: string;
}) {
  const lane = LANES.find(one => one.lane === span.lane) ?? LANES[0];
  const style = { '--hue': lane.hue, left: xPx, width: widthPx } as React.CSSProperties;
  if (span.lane === 'C') return <Verdict look={span.look} xPx={xPx} />;
  if (span.look === 'speech') {
    const tall = span.lane === 'caller' ? 30 : 20;
    return (
      <svg
        className="wave"
        style={{ ...style, top: lane.topPx + (lane.lane === 'caller' ? 8 : 4), height: tall }}
      >
        {waveBars(span.key, widthPx).map((ratio, at) => (
          <rect
            key={at}
            x={at * 3.2}
            y={(tall * (1 - ratio)) / 2}
            width="1.7"
            height={tall * ratio}
            rx="0.8"
            fill="currentColor"
          />
        ))}
      </svg>
    );
  }
  const waiting = isWaiting(span.look);
  const look = span.look === 'allowed' || span.look === 'redacted' ? 'waiting' : span.look;
  return (
    <div
      className={`span span-${look} ${span.lane === 'B' ? 'span-b' : ''}`}
      data-look={span.look}
      data-waiting={waiting || undefined}
      style={{ ...style, top: lane.topPx + (span.lane === 'B' ? 7 : 6) }}
      title={span.text}
    >
      <span className="block overflow-hidden">
        {span.look === 'withheld' ? withheldWords : span.text.trim()}
      </span>
    </div>
  );
});

function Verdict({ look, xPx }: { readonly look: LaneSpan['look']; readonly xPx: number }) {
  const [Icon, hue] =
    look === 'verdict-veto'
      ? [ShieldMinus, 'var(--veto)']
      : look === 'verdict-redact'
        ? [ShieldAlert, 'var(--warn)']
        : [ShieldCheck, 'var(--ok)'];
  return (
    <Icon
      size={17}
      strokeWidth={1.75}
      aria-hidden="true"
      data-look={look}
      className="absolute"
      style={{ left: xPx, top: 129, color: hue, fill: `color-mix(in oklab, ${hue} 22%, transparent)` }}
    />
  );
}

function summary({ spans, live }: LaneTimelineProps): string {
  const count = (look: LaneSpan['look']): number => spans.filter(span => span.look === look).length;
  return `${live ? 'Live' : 'Looking back'}: ${count('spoken')} spoken, ${count('interrupted')} interrupted, ${count('vetoed')} vetoed`;
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [widthPx, setWidthPx] = useState(1200);
  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(([entry]) => setWidthPx(entry?.contentRect.width ?? 1200));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return widthPx;
}
