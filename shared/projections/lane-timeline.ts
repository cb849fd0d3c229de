/** What one span on the lane timeline shows; shape and pattern follow `look`. */
export interface LaneSpan {
  readonly key: string;
  readonly lane: 'caller' | 'A' | 'B' | 'C' | 'human';
  readonly fromMs: number;
  /** `null` while it is still going on: draw to the now-line. */
  readonly toMs: number | null;
  readonly look:
    | 'speech'
    | 'drafted'
    | 'allowed'
    | 'redacted'
    | 'vetoed'
    | 'held'
    | 'speaking'
    | 'spoken'
    | 'interrupted'
    | 'withheld'
    | 'verdict-allow'
    | 'verdict-redact'
    | 'verdict-veto';
  readonly text: string;
  readonly chunkId: string | null;
}

/** Caller, A, B, C and human on one axis of epoch milliseconds, each lane in order of `fromMs`. */
export interface LaneTimeline {
  readonly lastSeq: number;
  readonly spans: readonly LaneSpan[];
}
