import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';

/** Who leads the calls: our whole worker, or the least that can answer over a room. */
export type LivekitArm = 'ours' | 'floor';

export interface TakeoverCommand {
  readonly name: 'take-over';
  readonly access: LivekitAccess;
  readonly rounds: number;
}

export interface TakeoverSample {
  readonly way: 'warm' | 'cold';
  readonly silentMs: number;
  readonly openMs: number;
  readonly humanMs: number;
  readonly gapMs: number;
}

export interface TakeoverReport {
  readonly name: 'taken-over';
  readonly samples: readonly TakeoverSample[];
}

/** What a caller of a bench is told. Tokens are made where the keys are. */
export interface CallerOrder {
  readonly callId: string;
  readonly roomName: string;
  readonly token: string;
  readonly turns: number;
  readonly seed: number;
}

export type HostCommand =
  | {
      readonly name: 'begin';
      readonly arm: LivekitArm;
      readonly access: LivekitAccess;
      readonly maxCalls: number;
      /** Refuses what is too much, as a worker does; without it everything is taken. */
      readonly admits: boolean;
    }
  /** Only the floor is told; ours is given its rooms by LiveKit. */
  | { readonly name: 'join'; readonly url: string; readonly rooms: readonly { readonly token: string }[] }
  | { readonly name: 'report' };

export type HostReport =
  | { readonly name: 'ready' }
  /** What the worker itself measured of its turns, up to its own edge. */
  | {
      readonly name: 'measured';
      readonly firstAudioMs: readonly number[];
      readonly errors: number;
      /** Callers who were told that every line is taken. */
      readonly refused: number;
    };

export type CallersCommand =
  | {
      readonly name: 'call';
      readonly url: string;
      readonly access: LivekitAccess;
      readonly arm: LivekitArm;
      readonly orders: readonly CallerOrder[];
      /** Some of them may be refused: figures are of those that were let in. */
      readonly admits: boolean;
      /** Between one caller and the next. */
      readonly spreadMs: number;
    }
  | {
      readonly name: 'cold-join';
      readonly url: string;
      readonly listener: string;
      readonly speakers: readonly string[];
    };

/** What was measured at the callers' ears. What never came is infinite. */
export type CallersReport =
  | { readonly name: 'connected'; readonly setupMs: readonly number[] }
  | {
      readonly name: 'done';
      readonly answersMs: readonly number[];
      readonly stopsMs: readonly number[];
      /** Silent frames inside answers, of so many frames of answers. */
      readonly gapFrames: number;
      readonly answerFrames: number;
      /** How late the callers' own 20 ms were, 99th percentile: above 5 ms they cannot tell who was late. */
      readonly lateMs: number;
      /** Calls that were let in, and those that ended before they had talked: whoever was refused. */
      readonly admitted: number;
      readonly turnedAway: number;
    }
  | { readonly name: 'joined'; readonly heardMs: readonly number[] };
