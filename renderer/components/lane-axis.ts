import type { LaneSpan } from '#shared/projections/lane-timeline.ts';

export const PX_PER_S = 24;

export interface PlacedSpan {
  readonly span: LaneSpan;
  readonly xPx: number;
  readonly widthPx: number;
}

const OVER: readonly LaneSpan['look'][] = ['speaking', 'spoken', 'interrupted', 'speech'];
/** Narrower than this nothing can be seen, let alone read. */
const LEAST_PX = 6;

export const xOf = (atMs: number, originMs: number): number => ((atMs - originMs) / 1000) * PX_PER_S;

/**
 * Places spans on the axis. What has sounded stands where it sounded. What waits has no time of its own yet: it stands
 * behind the now-line, one after the other. What never sounded keeps the place where it was drafted, beside its neighbours.
 */
export function placeSpans(
  spans: readonly LaneSpan[],
  originMs: number,
  nowMs: number,
  leadMs: number,
): readonly PlacedSpan[] {
  const now = xOf(nowMs, originMs);
  const endOf: Record<string, number> = {};
  let queue = now + (leadMs / 1000) * PX_PER_S;
  return spans.map(span => {
    const width = ((span.toMs ?? nowMs) - span.fromMs) / 1000;
    const widthPx = Math.max(LEAST_PX, width * PX_PER_S);
    let xPx = xOf(span.fromMs, originMs);
    if (isWaiting(span.look) || (span.look === 'withheld' && xPx + widthPx > now)) {
      queue = Math.max(queue, endOf[span.lane] ?? -Infinity);
      xPx = queue;
      queue += widthPx + 3;
    } else if (span.lane !== 'C') {
      if (!OVER.includes(span.look)) xPx = Math.max(xPx, (endOf[span.lane] ?? -Infinity) + 2);
      endOf[span.lane] = Math.max(endOf[span.lane] ?? -Infinity, xPx + widthPx);
    }
    return { span, xPx, widthPx };
  });
}

export const isWaiting = (look: LaneSpan['look']): boolean =>
  look === 'drafted' || look === 'allowed' || look === 'redacted' || look === 'held';

/** Bars of a stretch of speech: the shape says that somebody speaks, it is no measurement. Same key, same bars. */
export function waveBars(key: string, widthPx: number): readonly number[] {
  let seed = 0;
  for (const char of key) seed = (Math.imul(seed, 31) + char.charCodeAt(0)) >>> 0;
  const count = Math.max(2, Math.floor(widthPx / 3.2));
  return Array.from({ length: count }, (_, at) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const noise = seed / 4_294_967_296;
    const swell = 0.55 + 0.45 * Math.sin((at / count) * Math.PI * 3 + 0.6);
    return Math.max(0.16, swell * (0.35 + 0.65 * noise));
  });
}
