import type { CallOutcome } from '#shared/domain/call-figures.ts';
import type { LineDirection } from '#shared/domain/call-quality.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import { outcomeOf } from '#shared/projections/fold-figures.ts';

/** Where the time of a turn goes, as `turn.measured` says it; `recognition` comes from the transcript. */
export type Stage = 'recognition' | 'end_of_turn' | 'retrieval' | 'model' | 'gate' | 'hold_back' | 'voice';

/** One thing to count. Times in seconds. */
export type Observation =
  | { readonly name: 'call-setup'; readonly seconds: number }
  | { readonly name: 'call-ended'; readonly outcome: CallOutcome; readonly reason: string }
  | { readonly name: 'stage'; readonly stage: Stage; readonly seconds: number }
  | { readonly name: 'turn'; readonly seconds: number }
  | { readonly name: 'first-audio'; readonly seconds: number }
  | { readonly name: 'barge-in'; readonly stopSeconds: number; readonly onsetToSilenceSeconds: number }
  | { readonly name: 'barge-in-dismissed' }
  | { readonly name: 'judged'; readonly decision: 'allowed' | 'redacted' | 'vetoed' }
  | { readonly name: 'veto'; readonly by: 'policy' | 'supervisor'; readonly policy: string }
  | { readonly name: 'takeover'; readonly mode: 'barge' | 'take-over' }
  | { readonly name: 'takeover-fenced'; readonly seconds: number }
  | { readonly name: 'takeover-live'; readonly seconds: number }
  | { readonly name: 'tool'; readonly tool: string; readonly status: string; readonly seconds: number }
  | {
      readonly name: 'line';
      readonly direction: LineDirection;
      readonly mos: number;
      readonly lossRatio: number;
      readonly jitterSeconds: number;
      readonly roundTripSeconds: number;
    }
  | { readonly name: 'attention'; readonly reason: string }
  | { readonly name: 'recording'; readonly change: 1 | -1 }
  | { readonly name: 'recording-ended'; readonly reason: string };

/** What is remembered of a call between its events. */
export interface CallMemory {
  readonly ringingAtMs: number | null;
  readonly connected: boolean;
  readonly recording: boolean;
}

export const NEW_CALL: CallMemory = { ringingAtMs: null, connected: false, recording: false };

const seconds = (ms: number): number => ms / 1000;

/** What one event adds (OBS1). @returns the memory for the next event of the call, null after its last */
export function observe(
  call: CallMemory,
  event: CallEvent,
): readonly [next: CallMemory | null, observations: readonly Observation[]] {
  switch (event.type) {
    case 'call.ringing':
      return [{ ...call, ringingAtMs: event.atMs }, []];
    case 'call.connected':
      return [
        { ...call, connected: true },
        call.ringingAtMs === null
          ? []
          : [{ name: 'call-setup', seconds: seconds(Math.max(0, event.atMs - call.ringingAtMs)) }],
      ];
    case 'call.ended': {
      const outcome = outcomeOf(event.reason, call.connected);
      const left: Observation[] = call.recording ? [{ name: 'recording', change: -1 }] : [];
      return [null, [{ name: 'call-ended', outcome, reason: event.reason }, ...left]];
    }
    case 'recording.started':
      return [{ ...call, recording: true }, call.recording ? [] : [{ name: 'recording', change: 1 }]];
    case 'recording.ended': {
      const ended: Observation = { name: 'recording-ended', reason: event.reason };
      return [
        { ...call, recording: false },
        call.recording ? [ended, { name: 'recording', change: -1 }] : [ended],
      ];
    }
    default:
      return [call, observationsOf(event)];
  }
}

/** Of events that say everything by themselves. */
function observationsOf(event: CallEvent): readonly Observation[] {
  switch (event.type) {
    case 'transcript.final':
      return [stage('recognition', Math.max(0, event.atMs - event.endedAtMs))];
    case 'turn.measured':
      return turnObservations(event);
    case 'interruption.confirmed':
      return [
        {
          name: 'barge-in',
          stopSeconds: seconds(event.stopMs),
          onsetToSilenceSeconds: seconds(event.onsetToSilenceMs),
        },
      ];
    case 'interruption.dismissed':
      return [{ name: 'barge-in-dismissed' }];
    case 'chunk.allowed':
    case 'chunk.redacted':
      return [{ name: 'judged', decision: event.type === 'chunk.allowed' ? 'allowed' : 'redacted' }];
    case 'chunk.vetoed': {
      const veto: Observation = { name: 'veto', by: event.by, policy: event.policy };
      // What a person stopped says nothing about the policies.
      return event.by === 'policy' ? [{ name: 'judged', decision: 'vetoed' }, veto] : [veto];
    }
    case 'takeover.requested':
      return [{ name: 'takeover', mode: event.mode }];
    case 'takeover.fenced':
      return [{ name: 'takeover-fenced', seconds: seconds(event.fenceMs) }];
    case 'takeover.live':
      return [{ name: 'takeover-live', seconds: seconds(event.liveMs) }];
    case 'tool.finished':
      return [{ name: 'tool', tool: event.tool, status: event.status, seconds: seconds(event.latencyMs) }];
    case 'quality.measured': {
      const { direction, mos, lossRatio, jitterMs, roundTripMs } = event;
      const [jitterSeconds, roundTripSeconds] = [seconds(jitterMs), seconds(roundTripMs)];
      return [{ name: 'line', direction, mos, lossRatio, jitterSeconds, roundTripSeconds }];
    }
    case 'attention.raised':
      return [{ name: 'attention', reason: event.reason }];
    default:
      return [];
  }
}

function turnObservations(turn: Extract<CallEvent, { type: 'turn.measured' }>): readonly Observation[] {
  const stages: readonly (readonly [Stage, number | null])[] = [
    ['end_of_turn', turn.endOfTurnMs],
    ['retrieval', turn.retrievalMs],
    ['model', turn.modelMs],
    ['gate', turn.gateMs],
    ['hold_back', turn.holdBackMs],
    ['voice', turn.voiceMs],
  ];
  const sounds = [turn.reflexAudioMs, turn.firstAudioMs].filter(ms => ms !== null);
  return [
    ...stages.flatMap(([name, ms]) => (ms === null ? [] : [stage(name, ms)])),
    ...(turn.firstAudioMs === null ? [] : [{ name: 'turn', seconds: seconds(turn.firstAudioMs) } as const]),
    ...(sounds.length === 0 ? [] : [{ name: 'first-audio', seconds: seconds(Math.min(...sounds)) } as const]),
  ];
}

const stage = (name: Stage, ms: number): Observation => ({
  name: 'stage',
  stage: name,
  seconds: seconds(ms),
});
