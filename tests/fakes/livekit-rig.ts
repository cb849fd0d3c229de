import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import {
  DEFAULT_LIMITS,
  LivekitTelephonyAdapter,
} from '#worker/telephony/livekit/livekit-telephony-adapter.ts';
import { referTransfer, type TransferStrategy } from '#worker/telephony/livekit/transfer-strategy.ts';
import { anyDial } from './any-dial.ts';
import { fakeRoomAssignments, type FakeRoomAssignments } from './fake-room-assignments.ts';
import { fakeWorkerRoom, type FakeWorkerRoom } from './fake-worker-room.ts';
import { watch } from './saboteur-telephony.ts';
import { scriptedSipApi, type ScriptedSipApi } from './scripted-sip-api.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** What callers hear above the capacity in tests: 60 ms that nothing else plays. */
export const REFUSAL = new Int16Array(960).fill(77);

export interface LivekitRig {
  readonly clock: VirtualClock;
  readonly adapter: LivekitTelephonyAdapter;
  readonly rooms: ReadonlyMap<string, FakeWorkerRoom>;
  readonly assignments: FakeRoomAssignments;
  readonly sip: ScriptedSipApi;
  readonly removed: readonly string[];
  readonly refused: readonly string[];
  readonly joined: readonly string[];
  readonly errors: unknown[];
  /** Set to let the next calls of these fail. */
  readonly fails: { join: boolean; removals: number };
  dispatch(roomName: string, metadata?: object): void;
  note(callId: string): object;
}

export interface LivekitRigOptions {
  readonly maxCalls?: number;
  readonly permits?: DialPermit;
  readonly transferBy?: (rig: Pick<LivekitRig, 'sip' | 'clock'>) => TransferStrategy;
}

/** The adapter with rooms in memory, a scripted SIP API and a clock that stands still. */
export function livekitRig(options: LivekitRigOptions = {}): LivekitRig {
  const clock = createVirtualClock();
  const assignments = fakeRoomAssignments();
  const sip = scriptedSipApi();
  const rooms = new Map<string, FakeWorkerRoom>();
  const removed: string[] = [];
  const refused: string[] = [];
  const joined: string[] = [];
  const errors: unknown[] = [];
  const fails = { join: false, removals: 0 };
  let ids = 0;
  const roomOf = (roomName: string): FakeWorkerRoom => {
    const room = rooms.get(roomName) ?? fakeWorkerRoom(roomName);
    rooms.set(roomName, room);
    return room;
  };
  const adapter = new LivekitTelephonyAdapter({
    clock,
    assignments,
    join: ({ roomName }) =>
      fails.join ? Promise.reject(new Error('no room')) : Promise.resolve(roomOf(roomName)),
    remove: (roomName, identity) => {
      if (fails.removals > 0) {
        fails.removals -= 1;
        return Promise.reject(new Error('no server'));
      }
      removed.push(`${roomName} ${identity}`);
      rooms.get(roomName)?.goAway(identity, 4);
      return Promise.resolve();
    },
    newCallId: () => `sip-${String(++ids)}` as CallId,
    limits: DEFAULT_LIMITS,
    lines: { '+4930555': 'Returns' },
    sip: sip.api,
    permits: options.permits ?? anyDial,
    ringingS: 30,
    transferBy: options.transferBy?.({ sip, clock }) ?? referTransfer,
    onJoined: roomName => joined.push(roomName),
    capacity: options.maxCalls === undefined ? null : { maxCalls: options.maxCalls, refusal: REFUSAL },
    onRefused: roomName => refused.push(roomName),
    onError: (_callId, error) => errors.push(error),
  });
  return {
    clock,
    adapter,
    rooms,
    assignments,
    sip,
    removed,
    refused,
    joined,
    errors,
    fails,
    dispatch: (roomName, metadata) => {
      roomOf(roomName);
      assignments.give({
        jobId: `job-${roomName}`,
        dispatchId: 'd',
        roomName,
        url: 'ws://127.0.0.1',
        token: 't',
        metadata: metadata ? JSON.stringify(metadata) : '',
      });
    },
    note: callId => ({ callId, orgId: 'org', line: 'Web', displayName: 'Ada' }),
  };
}

/** The same, with somebody who reads what the line tells. */
export function startLivekitRig(
  options: LivekitRigOptions = {},
): LivekitRig & { readonly seen: readonly TelephonyEvent[]; readonly stop: AbortController } {
  const rig = livekitRig(options);
  const stop = new AbortController();
  return { ...rig, seen: watch(rig.adapter, null, stop.signal), stop };
}
