export interface SourceSetup {
  readonly calls: number;
  /** Files of the peers' pages by path. */
  readonly peerFiles: Readonly<Record<string, string>>;
}

export type SourceCommand =
  | { readonly name: 'pace'; readonly eventsPerSecond: number; readonly urgentPerSecond: number }
  | { readonly name: 'report' }
  /** One more call, whose log has so many events already. */
  | { readonly name: 'long-call'; readonly events: number }
  /** Its caller says something. */
  | { readonly name: 'say'; readonly text: string }
  | { readonly name: 'stop' };

/** What was told and when, since the last `pace`; times are CLOCK_MONOTONIC in milliseconds. */
export interface Told {
  readonly name: 'told';
  readonly marks: ToldMarks;
  /** Numbers of the marks on rows that were in view all the time. */
  readonly lastingMarks: readonly number[];
  readonly takeovers: ToldMarks;
  readonly vetoesMs: readonly (readonly number[])[];
  /** How late the source itself was. */
  readonly latenessMs: readonly number[];
  readonly events: number;
}

/** Marks are numbered through; `toldMs` begins with number `first`. */
export interface ToldMarks {
  readonly first: number;
  readonly toldMs: readonly number[];
}

export type SourceReport =
  | { readonly name: 'ready'; readonly url: string; readonly bootSecret: string; readonly peerUrl: string }
  | { readonly name: 'paced' }
  | { readonly name: 'kept' }
  | Told;
