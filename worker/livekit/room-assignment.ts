/** One room that LiveKit has given to this host. */
export interface RoomAssignment {
  readonly jobId: string;
  readonly dispatchId: string;
  readonly roomName: string;
  /** Where to join; `ws:` or `wss:`. */
  readonly url: string;
  /** For the identity `ai`. */
  readonly token: string;
  /** JSON of a `RoomNote`, or empty for a room that SIP has made. */
  readonly metadata: string;
}

/** What a host answers LiveKit about a room it was given. */
export interface RoomAssignments {
  /** Every room from now on, until `signal` aborts. One consumer. */
  next(signal: AbortSignal): AsyncIterable<RoomAssignment>;
  running(jobId: string): void;
  ended(jobId: string, outcome: 'success' | 'failed'): void;
}
