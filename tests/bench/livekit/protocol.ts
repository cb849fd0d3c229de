import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';

/** Who leads the calls: our whole worker, or the least that can answer over a room. */
export type LivekitArm = 'ours' | 'floor';

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
    }
  /** Only the floor is told; ours is given its rooms by LiveKit. */
  | { readonly name: 'join'; readonly url: string; readonly rooms: readonly { readonly token: string }[] }
  | { readonly name: 'report' };

export type HostReport =
  | { readonly name: 'ready' }
  /** What the worker itself measured of its turns, up to its own edge. */
  | { readonly name: 'measured'; readonly firstAudioMs: readonly number[]; readonly errors: number };

export type CallersCommand =
  | {
      readonly name: 'call';
      readonly url: string;
      readonly access: LivekitAccess;
      readonly arm: LivekitArm;
      readonly orders: readonly CallerOrder[];
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
    }
  | { readonly name: 'joined'; readonly heardMs: readonly number[] };
