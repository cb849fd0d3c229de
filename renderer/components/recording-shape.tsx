import { memo, useId } from 'react';
import type { RecordingMarks } from '#shared/projections/recording-marks.ts';
import type { RecordingPeaks } from '#shared/protocol/recording-peaks.ts';
import { sidePath } from './recording-path.ts';

export interface RecordingShapeProps {
  readonly peaks: RecordingPeaks;
  readonly marks: RecordingMarks;
  /** The axis: both ends of the slider it stands behind. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The recording at a glance: the caller above the line, what the caller heard below it (REC14). The slider over it speaks for it. */
export const RecordingShape = memo(function RecordingShape({
  peaks,
  marks,
  fromMs,
  toMs,
}: RecordingShapeProps) {
  const id = useId();
  const lengthMs = Math.max(1, toMs - fromMs);
  const start = marks.startedAtMs - fromMs;
  const { stretchMs } = peaks;
  const spans = (list: RecordingMarks['human']) =>
    list.map(span => ({ x: span.fromMs - fromMs, width: Math.max(0, (span.toMs ?? toMs) - span.fromMs) }));
  const heard = sidePath({ peaks: peaks.heard, stretchMs, fromMs: start, side: 'down' });
  return (
    <svg
      className="recording-shape"
      viewBox={`0 -1 ${String(lengthMs)} 2`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <clipPath id={`${id}-human`}>
        {spans(marks.human).map(({ x, width }) => (
          <rect key={x} x={x} y="-1" width={width} height="2" />
        ))}
      </clipPath>
      {spans(marks.hushed).map(({ x, width }) => (
        <rect key={x} data-mark="hushed" className="shape-hushed" x={x} y="-1" width={width} height="2" />
      ))}
      <line className="shape-middle" x1="0" x2={lengthMs} y1="0" y2="0" vectorEffect="non-scaling-stroke" />
      <path
        data-side="caller"
        className="shape-caller"
        d={sidePath({ peaks: peaks.caller, stretchMs, fromMs: start, side: 'up' })}
      />
      <path data-side="heard" className="shape-ai" d={heard} />
      {marks.human.length > 0 && (
        <path data-side="human" className="shape-human" d={heard} clipPath={`url(#${id}-human)`} />
      )}
      {marks.joined.map(({ atMs, userName }) => (
        <line
          key={`${String(atMs)} ${userName}`}
          data-mark="joined"
          className="shape-joined"
          x1={atMs - fromMs}
          x2={atMs - fromMs}
          y1="-1"
          y2="1"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
});
