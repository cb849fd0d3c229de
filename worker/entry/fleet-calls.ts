import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { LeaseBook } from '#shared/adapters/lease-book.ts';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import type { CallId, OrgId } from '#shared/domain/ids.ts';
import { AI_IDENTITY } from '#shared/domain/rooms.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { startFleet, type HostFleet } from '#worker/host/host-fleet.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import type { LivekitAccess } from '#worker/livekit/livekit-access.ts';
import { livekitRoomPeople } from '#worker/livekit/room-people.ts';
import type { RoomServer } from '#worker/livekit/room-server.ts';
import type { OrgRetention } from '#worker/privacy/org-retention.ts';
import type { StoreJournal } from '#worker/store/store-journal.ts';
import type { Store } from '#worker/store/store.ts';
import type { ProvisionedSip } from '#worker/telephony/livekit/provision-sip.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import { watchRooms } from './livekit-line.ts';
import type { Logger } from './log.ts';
import { closeOpenCalls } from './open-store.ts';
import { newId } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

/** A worker that is asked to end lets its calls go on this long. */
const DRAIN_LIMIT_MS = 30_000;

/** Longer than a database takes that answers; a caller hears nothing meanwhile. */
const PROFILE_LIMIT_MS = 300;

/** The calls of a worker, wherever they run. */
export interface RunningCalls extends CallDesk {
  /** @returns false when the call is not open */
  appendToCall(callId: CallId, draft: CallEventDraft): boolean;
  start(): void;
  stop(): Promise<void>;
}

export interface FleetCallsDeps {
  readonly config: WorkerConfig;
  readonly access: LivekitAccess;
  readonly rooms: RoomServer;
  readonly phones: ProvisionedSip | null;
  readonly store: Store;
  readonly journal: StoreJournal;
  readonly leases: LeaseBook;
  readonly retention: OrgRetention;
  readonly permits: DialPermit;
  readonly onCallEnded: (callId: CallId) => void;
  readonly log: Logger;
}

export interface FleetCalls extends RunningCalls {
  /** For the figures. */
  readonly hosts: Pick<HostFleet, 'figures' | 'openCalls'>;
  rotateKnowledge(orgId: OrgId): void;
}

/** Calls in processes of their own: a crash of one costs it alone, and another goes on with its calls (HOST20-HOST36). */
export async function startFleetCalls(deps: FleetCallsDeps): Promise<FleetCalls> {
  const { config, access, rooms, phones, store, journal, leases, retention, permits, onCallEnded, log } =
    deps;
  const watcher = watchRooms(access, log);
  const people = livekitRoomPeople(access);
  const fleet = await startFleet({
    clock: systemClock,
    hosts: config.hosts,
    callsPerHost: config['calls-per-host'],
    config,
    phones,
    folder: join(config.data, 'hosts'),
    spawnHost: () =>
      // Standard output is the worker's own: scripts read events there.
      spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'host-main.ts')], {
        stdio: ['pipe', 'ignore', 'inherit'],
      }),
    journal,
    leases,
    tickets: store,
    audit: store,
    dials: permits,
    // Read anew for each room: another worker of the team may have been told.
    profile: () => retention.soon(DEMO_ORG_ID, systemClock, PROFILE_LIMIT_MS),
    fence: roomName => people.remove(roomName, AI_IDENTITY),
    dispatchAgain: roomNames => watcher.hostLost(roomNames),
    onLate: async (callId, roomName) => {
      log.error({ callId }, 'no host has gone on with the call; it is over');
      await closeOpenCalls(store, journal, newId, callId);
      onCallEnded(callId);
      if (roomName !== null) await rooms.deleteRoom(roomName);
    },
    onCallEnded,
    onHost: note =>
      note.type === 'ready' ? log.info(note, 'a host is ready') : log.error(note, 'a host has died'),
    onError: error => log.error({ err: error }, 'the hosts met an error'),
  });
  const { desk } = fleet;
  return {
    run: (command, actor) => desk.run(command, actor),
    beat: actor => desk.beat(actor),
    gone: actor => desk.gone(actor),
    openCalls: () => desk.openCalls(),
    onNotice: listener => desk.onNotice(listener),
    appendToCall: (callId, draft) => desk.appendToCall(callId, draft),
    rotateKnowledge: orgId => desk.rotateKnowledge(orgId),
    hosts: fleet,
    start: () => undefined,
    stop: async () => {
      watcher.stop();
      await fleet.drain(DRAIN_LIMIT_MS);
      await fleet.stop();
    },
  };
}
