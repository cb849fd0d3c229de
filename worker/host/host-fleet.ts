import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal } from '#shared/adapters/journal.ts';
import type { LeaseBook } from '#shared/adapters/lease-book.ts';
import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { DialPermit } from '#worker/livekit/dial-permits.ts';
import type { Store } from '#worker/store/store.ts';
import { HostFigures, type HostFigure } from '#worker/metrics/host-figures.ts';
import type { HostBoot, HostProcess, SpawnHost } from './host-process.ts';
import { startHostProcess } from './host-process.ts';
import { FleetDesk } from './fleet-desk.ts';
import { openHostServer } from './link/host-server.ts';
import { seatHost, type HostSeat } from './link/host-seat.ts';
import { recoverSpool } from './recover-spool.ts';
import { RoomLedger } from './room-ledger.ts';

/** A host that falls is started again, ever less often. */
const RESTART_MS: readonly number[] = [100, 500, 2000, 5000];
/** The system ends a process at once, also one that was stopped; one that is stuck inside the kernel may take for ever. */
const GONE_WITHIN_MS = 1000;
/** Longer than the server takes, less than a caller waits. */
const FENCE_WITHIN_MS = 2000;
/** One that has run this long is healthy again. */
const HEALTHY_MS = 30_000;

export interface HostFleetDeps {
  readonly clock: Clock;
  readonly hosts: number;
  readonly callsPerHost: number;
  readonly config: HostBoot['config'];
  readonly phones: HostBoot['phones'];
  /** Folder of the spools. */
  readonly folder: string;
  readonly spawnHost: SpawnHost;
  readonly journal: Journal;
  readonly leases: LeaseBook;
  readonly tickets: TicketBook;
  readonly audit: Pick<Store, 'recordAccess'>;
  readonly dials: DialPermit;
  /** How long the org wants what is recorded now to be kept: each host is told as it is given a room. Never rejects. */
  readonly profile: () => Promise<RetentionProfile>;
  /**
   * Takes the AI out of a room, so that nothing its host may still say is heard there. Who is not there counts as taken out.
   */
  readonly fence: (roomName: string) => Promise<void>;
  /** Their host is dead: they have to be given to another at once. */
  readonly dispatchAgain: (roomNames: readonly string[]) => void;
  /** No host has taken this call over in time: its log is to be closed, and the caller let go. */
  readonly onLate: (callId: CallId, roomName: string | null) => Promise<void>;
  readonly onCallEnded: (callId: CallId) => void;
  /** For the log. */
  readonly onHost: (note: HostNote) => void;
  readonly onError: (error: unknown) => void;
}

export type HostNote =
  | { readonly type: 'ready'; readonly hostId: string; readonly pid: number | undefined }
  | {
      readonly type: 'dead';
      readonly hostId: string;
      readonly reason: string;
      /** False: it did not end by SIGKILL within a second; its rooms and its link are closed to it. */
      readonly isGone: boolean;
      readonly calls: number;
      readonly recoveredEvents: number;
    };

export interface HostFleet {
  readonly desk: FleetDesk;
  /** Process ids of the hosts that are connected. */
  readonly pids: () => readonly number[];
  /** Process that has this call. */
  readonly pidOf: (callId: CallId) => number | null;
  /** What the hosts tell of themselves, and how many calls each has, by place. */
  readonly figures: () => readonly HostFigure[];
  readonly openCalls: () => Readonly<Record<string, number>>;
  /** Resolves when this many hosts are connected. */
  ready(): Promise<void>;
  /** No new rooms; resolves when every call has ended, or `limitMs` have passed. */
  drain(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly hostId: string;
  /** Its place among the hosts; whoever replaces it has it next. */
  readonly place: string;
  readonly process: HostProcess;
  seat: HostSeat | null;
}

/** Starts, watches and replaces the host processes of one worker, and is their calls' desk (HOST20-HOST29). */
export async function startFleet(deps: HostFleetDeps): Promise<HostFleet> {
  const { clock, journal, onHost, onError } = deps;
  mkdirSync(deps.folder, { recursive: true });
  await recoverAll(deps.folder, journal);
  const server = await openHostServer();
  const running = new Set<Running>();
  const figures = new HostFigures();
  const ledger = new RoomLedger({
    clock,
    journal,
    profile: deps.profile,
    onLate: (callId, roomName) => void deps.onLate(callId, roomName).catch(onError),
  });
  const desk = new FleetDesk({
    clock,
    placeOf: callId => ledger.placeOf(callId),
    openCalls: () => ledger.openCalls(),
    seats: () => [...running].flatMap(({ seat }) => seat ?? []),
  });
  const waiting: (() => void)[] = [];
  const timers = new Set<Cancel>();
  let isStopping = false;

  const onEvent = (host: Running, event: CallEvent): void => {
    ledger.event(host, event);
    if (event.type === 'call.ended') deps.onCallEnded(event.conversationId);
  };
  const launch = (place: string, attempt: number): void => {
    if (isStopping) return;
    const hostId = randomUUID();
    const secret = randomBytes(32).toString('base64url');
    const spool = join(deps.folder, `${hostId}.sqlite`);
    const process = startHostProcess(deps.spawnHost, {
      hostId,
      secret,
      spool,
      url: server.url,
      capacity: deps.callsPerHost,
      config: deps.config,
      phones: deps.phones,
    });
    const host: Running = { hostId, place, process, seat: null };
    running.add(host);
    const startedMono = clock.mono();
    let isDead = false;
    const die = (reason: string): void => {
      if (isDead) return;
      isDead = true;
      server.forget(secret);
      figures.gone(place);
      bury(host, spool, reason)
        .catch(onError)
        .finally(() => {
          const next = clock.mono() - startedMono > HEALTHY_MS ? 0 : attempt + 1;
          const delayMs = RESTART_MS[Math.min(attempt, RESTART_MS.length - 1)] ?? 5000;
          const cancel = clock.after(delayMs, () => {
            timers.delete(cancel);
            launch(place, next);
          });
          timers.add(cancel);
        });
    };
    void process.exited.then(() => die('its process ended'));
    server.expect(secret, socket => {
      host.seat = seatHost(socket, {
        clock,
        journal,
        services: {
          leases: deps.leases,
          tickets: deps.tickets,
          audit: deps.audit,
          dials: deps.dials,
          rooms: {
            claim: (roomName: string, callId: CallId | null) =>
              ledger.claim(host, roomName, callId, () => desk.present()),
          },
        },
        onEvent: event => onEvent(host, event),
        onNotice: notice => desk.tell(notice),
        onLoad: load => figures.told(place, load),
        onRoomLeft: roomName => ledger.left(host, roomName),
        onDead: die,
      });
      figures.connected(place);
      onHost({ type: 'ready', hostId, pid: process.pid });
      for (const wake of waiting.splice(0)) wake();
    });
  };
  const within = async (limitMs: number, work: Promise<unknown>): Promise<boolean> => {
    const limit = Promise.withResolvers<false>();
    const cancel = clock.after(limitMs, () => limit.resolve(false));
    const inTime = await Promise.race([work.then(() => true), limit.promise]);
    cancel();
    return inTime;
  };
  /** Until `ledger.lost` no other host is let in, so the AI that is taken out is that of the dead one (HOST38). */
  const fence = async (host: Running): Promise<void> => {
    const rooms = ledger.roomsOf(host).map(roomName => deps.fence(roomName).catch(onError));
    await within(FENCE_WITHIN_MS, Promise.all(rooms));
  };
  /** The process first: from here on it neither speaks nor writes. Then what it left in its rooms, its log, and its calls. */
  const bury = async (host: Running, spool: string, reason: string): Promise<void> => {
    const isGone = await within(GONE_WITHIN_MS, host.process.kill());
    running.delete(host);
    await fence(host);
    // What cannot be read is lost; its calls go on with what came over the link.
    const recoveredEvents = await recoverSpool(spool, journal, event => onEvent(host, event)).catch(
      (error: unknown) => {
        onError(error);
        return 0;
      },
    );
    const { calls, roomNames } = ledger.lost(host);
    onHost({ type: 'dead', hostId: host.hostId, reason, isGone, calls, recoveredEvents });
    if (!isStopping) deps.dispatchAgain(roomNames);
  };
  const connected = (): readonly Running[] => [...running].filter(host => host.seat !== null);
  for (let index = 1; index <= deps.hosts; index += 1) launch(`host-${String(index)}`, 0);

  return {
    desk,
    pidOf: callId => {
      const place = ledger.placeOf(callId);
      return [...running].find(({ seat }) => seat !== null && seat === place)?.process.pid ?? null;
    },
    figures: () => figures.all(),
    openCalls: () => Object.fromEntries([...running].map(host => [host.place, ledger.callsOf(host)])),
    pids: () => connected().flatMap(({ process }) => process.pid ?? []),
    ready: async () => {
      while (connected().length < deps.hosts) await new Promise<void>(resolve => waiting.push(resolve));
    },
    drain: async limitMs => {
      isStopping = true;
      const all = [...running];
      for (const { process } of all) process.drain();
      const limit = Promise.withResolvers<undefined>();
      const cancel = clock.after(limitMs, () => limit.resolve(undefined));
      await Promise.race([Promise.all(all.map(({ process }) => process.exited)), limit.promise]);
      cancel();
    },
    stop: async () => {
      isStopping = true;
      for (const cancel of timers) cancel();
      await Promise.all([...running].map(({ process }) => process.kill()));
      await recoverAll(deps.folder, journal);
      ledger.stop();
      await server.close();
    },
  };
}

/** Spools that hosts of an earlier worker, or of this one, have left behind. */
async function recoverAll(folder: string, journal: Journal): Promise<void> {
  for (const file of readdirSync(folder).filter(name => name.endsWith('.sqlite')))
    await recoverSpool(join(folder, file), journal, () => undefined);
}
