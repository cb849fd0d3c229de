import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispose } from '@livekit/rtc-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { readWorkerConfig } from '#shared/config/worker-config.ts';
import type { CallId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import { AI_IDENTITY, callerIdentity, type RoomNote } from '#shared/domain/rooms.ts';
import type { CallEvent, CallEventType } from '#shared/events/call-event.ts';
import type { CommandId } from '#shared/domain/ids.ts';
import { verifySpoken } from '#worker/audit/verify-spoken.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { DialPermits } from '#worker/livekit/dial-permits.ts';
import { watchDispatches } from '#worker/livekit/dispatch/watch-dispatches.ts';
import { livekitRoomPeople } from '#worker/livekit/room-people.ts';
import { livekitRoomServer } from '#worker/livekit/room-server.ts';
import { openSqliteStore } from '#worker/store/sqlite/sqlite-store.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { StoreLeaseBook } from '#worker/store/store-lease-book.ts';
import { buildServer } from '#infra/livekit/build-servers.ts';
import { startLivekitServer, type LivekitServer } from '#infra/livekit/start-server.ts';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { startFleet, type HostNote } from './host-fleet.ts';

const WAIT = { timeout: 40_000, interval: 50 };
const TEST_LIMIT_MS = 240_000;
const MAIN = join(import.meta.dirname, '../entry/host-main.ts');
const built = buildServer('server');

/** Session of the AI in the room, as somebody there sees it. */
const aiIn = ({ room }: RoomPerson): string | undefined => room.remoteParticipants.get(AI_IDENTITY)?.sid;

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

describe.skipIf(!built.ok)(`host processes${built.ok ? '' : ` (not run: ${built.reason})`}`, () => {
  let server: LivekitServer;
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startLivekitServer(built.ok ? built.file : '');
  });
  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });
  afterAll(async () => {
    await server.stop();
    await dispose();
  });

  /** What control has, without its API: the store, its log, and hosts in processes of their own. */
  async function startControl(
    hosts: number,
    callsPerHost = 5,
    spawned: (child: ChildProcess) => void = () => undefined,
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'sidetone-fleet-'));
    cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
    const store = await openSqliteStore({ file: join(folder, 'worker.sqlite') });
    cleanUp.push(() => store.close());
    const journal = new StoreJournal(store, systemClock, -1, error => {
      throw error;
    });
    cleanUp.push(() => journal.flush());
    const answer = readWorkerConfig(
      ['--data', folder, '--hold-back-ms', '0', '--livekit-url', server.url],
      {},
    );
    if (!answer.ok) throw new Error(answer.message);
    const notes: HostNote[] = [];
    const errors: unknown[] = [];
    const late: string[] = [];
    const permits = new DialPermits();
    const org: { profile: RetentionProfile } = { profile: 'standard' };
    const fenced: string[] = [];
    const watch = watchDispatches({
      access: server,
      clock: systemClock,
      dispatch: (roomName, metadata) => livekitRoomServer(server).dispatch(roomName, metadata),
      onAgain: () => undefined,
      onError: error => errors.push(error),
    });
    cleanUp.push(() => watch.stop());
    const fleet = await startFleet({
      clock: systemClock,
      hosts,
      callsPerHost,
      config: answer.config,
      phones: null,
      folder: join(folder, 'hosts'),
      spawnHost: () => {
        const child = spawn(process.execPath, ['--no-warnings', MAIN], {
          stdio: ['pipe', 'ignore', 'inherit'],
          env: {
            ...process.env,
            LIVEKIT_API_KEY: server.apiKey,
            LIVEKIT_API_SECRET: server.apiSecret,
            SIDETONE_LOG_LEVEL: process.env['HOST_LOG'] ?? 'error',
          },
        });
        spawned(child);
        return child;
      },
      journal,
      leases: new StoreLeaseBook(store, systemClock),
      tickets: store,
      audit: store,
      dials: permits,
      profile: () => Promise.resolve(org.profile),
      fence: async roomName => {
        fenced.push(roomName);
        await livekitRoomPeople(server).remove(roomName, AI_IDENTITY);
      },
      dispatchAgain: roomNames => watch.hostLost(roomNames),
      onLate: callId => {
        late.push(callId);
        return Promise.resolve();
      },
      onCallEnded: () => undefined,
      onHost: note => notes.push(note),
      onError: error => errors.push(error),
    });
    cleanUp.push(() => fleet.stop());
    await fleet.ready();
    const events = (callId: CallId): Promise<readonly CallEvent[]> => journal.callEvents(callId, -1);
    const until = async (callId: CallId, type: CallEventType, count = 1): Promise<void> => {
      await vi.waitFor(async () => {
        const types = (await events(callId)).map(event => event.type);
        expect(types.filter(each => each === type).length, types.join(' ')).toBeGreaterThanOrEqual(count);
      }, WAIT);
    };
    return { fleet, journal, notes, errors, late, fenced, events, until, folder, store, org };
  }

  async function callIn(callId: CallId): Promise<RoomPerson> {
    const roomName = `consultation_quote_1_${callId}`;
    const note: RoomNote = {
      callId,
      orgId: 'org-larkfield' as OrgId,
      line: 'Quotes',
      displayName: 'Ada',
      simulated: true,
    };
    const rooms = livekitRoomServer(server);
    await rooms.createRoom(roomName, JSON.stringify(note));
    await livekitRoomServer(server).dispatch(roomName, JSON.stringify(note));
    const person = await joinAsPerson(server.url, await roomToken(server, callerIdentity(callId), roomName));
    await person.speak(null);
    cleanUp.push(() => person.leave());
    return person;
  }

  const maya: Actor = {
    userId: 'user-maya' as UserId,
    orgId: 'org-larkfield' as OrgId,
    name: 'Maya',
    role: 'supervisor',
  };

  test(
    '[HOST20][HOST25][HOST31][REC15][OBS6] a call goes on in another process when its own is killed',
    { timeout: TEST_LIMIT_MS },
    async () => {
      const { fleet, events, until, notes, errors, folder } = await startControl(2);
      const callId = 'call-killed' as CallId;
      const person = await callIn(callId);
      await until(callId, 'chunk.spoken', 2);
      const command = { callId, commandId: 'c1' as CommandId, verb: 'whisper-to-ai' as const };
      await fleet.desk.run({ ...command, args: { text: 'Offer a callback.' } }, maya);
      process.kill(fleet.pidOf(callId) ?? 0, 'SIGKILL');
      await until(callId, 'call.resumed');
      await until(callId, 'chunk.spoken', 3);
      // The person in the room hears it, in the room of the call.
      await vi.waitUntil(() => person.heard('ai').length > 0, WAIT);
      const log = await events(callId);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_event, index) => index));
      const said = log.flatMap(event => (event.type === 'chunk.drafted' ? [event.origin, event.text] : []));
      expect(said.filter(origin => origin === 'greeting')).toHaveLength(2);
      expect(said.slice(-2)).toEqual(['bridge', 'Sorry, the line dropped for a moment. Please go on.']);
      const count = (type: CallEventType): number => log.filter(event => event.type === type).length;
      expect([count('call.ringing'), count('call.connected'), count('consent.announced')]).toEqual([1, 1, 1]);
      expect(count('recording.started')).toBe(2);
      // What the first has recorded is still there, beside what the second records.
      const recorded = readdirSync(join(folder, 'recordings')).filter(name => name.endsWith('.ogg'));
      expect(recorded.sort()).toEqual(['call-killed.2.ogg', 'call-killed.ogg']);
      expect(verifySpoken(log).faults).toEqual([]);
      await person.leave();
      await until(callId, 'call.ended');
      // The one that fell is replaced.
      await vi.waitUntil(() => notes.filter(note => note.type === 'ready').length === 3, WAIT);
      const figures = () => fleet.figures().toSorted((a, b) => a.host.localeCompare(b.host));
      await vi.waitUntil(() => figures().every(({ isUp, cpuSeconds }) => isUp && cpuSeconds > 0), WAIT);
      expect(figures().map(({ host }) => host)).toEqual(['host-1', 'host-2']);
      expect(
        figures()
          .map(({ restarts }) => restarts)
          .sort(),
      ).toEqual([0, 1]);
      expect(fleet.openCalls()).toEqual({ 'host-1': 0, 'host-2': 0 });
      expect(errors).toEqual([]);
    },
  );

  test(
    '[HOST33][HOST34] a takeover stays with its holder while their desk is alive',
    { timeout: TEST_LIMIT_MS },
    async () => {
      const { fleet, events, until } = await startControl(2);
      const callId = 'call-taken' as CallId;
      await callIn(callId);
      await until(callId, 'chunk.spoken', 2);
      const beats = setInterval(() => fleet.desk.beat(maya), 500);
      cleanUp.push(() => clearInterval(beats));
      await fleet.desk.run({ callId, commandId: 'c2' as CommandId, verb: 'take-over', args: {} }, maya);
      await until(callId, 'takeover.live');
      const note = { verb: 'add-note', args: { text: 'wants a callback' } } as const;
      await fleet.desk.run({ callId, commandId: 'c4' as CommandId, ...note }, maya);
      await until(callId, 'takeover.noted');
      process.kill(fleet.pidOf(callId) ?? 0, 'SIGKILL');
      await until(callId, 'call.resumed');
      await until(callId, 'recording.started', 2);
      const since = (await events(callId)).filter((_event, index, log) =>
        log.slice(0, index).some(({ type }) => type === 'call.resumed'),
      );
      expect(since.filter(({ type }) => ['chunk.drafted', 'floor.changed'].includes(type))).toEqual([]);
      await fleet.desk.run(
        { callId, commandId: 'c3' as CommandId, verb: 'hand-back', args: { notes: '' } },
        maya,
      );
      await until(callId, 'takeover.ended');
      expect((await events(callId)).find(({ type }) => type === 'takeover.ended')).toMatchObject({
        notes: 'wants a callback',
      });
    },
  );

  test(
    '[HOST38] a host that is stopped and not dead is ended after three beats, and its call goes on elsewhere',
    { timeout: TEST_LIMIT_MS },
    async () => {
      const { fleet, events, until, notes, errors, fenced } = await startControl(2);
      const callId = 'call-stopped' as CallId;
      const person = await callIn(callId);
      await until(callId, 'chunk.spoken', 2);
      const pid = fleet.pidOf(callId) ?? 0;
      process.kill(pid, 'SIGSTOP');
      await until(callId, 'call.resumed');
      await until(callId, 'chunk.spoken', 3);
      await vi.waitUntil(() => person.heard('ai').length > 0, WAIT);
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      expect(notes.filter(note => note.type === 'dead')).toMatchObject([
        { reason: 'it was silent for three beats', isGone: true, calls: 1 },
      ]);
      expect(fenced).toEqual([person.room.name]);
      const log = await events(callId);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_event, index) => index));
      expect(errors).toEqual([]);
    },
  );

  test(
    '[HOST39] a host that comes back after its calls have gone elsewhere says nothing and leaves',
    { timeout: TEST_LIMIT_MS },
    async () => {
      // As if the system could not end it: it is stopped, is given up, and goes on later.
      const children: ChildProcess[] = [];
      const { fleet, events, until, notes } = await startControl(2, 5, child => {
        children.push(child);
        child.kill = () => false;
      });
      cleanUp.push(() => children.forEach(({ pid }) => pid !== undefined && killIfThere(pid)));
      const callId = 'call-woken' as CallId;
      const person = await callIn(callId);
      await until(callId, 'chunk.speaking');
      const stopped = children.find(({ pid }) => pid === fleet.pidOf(callId));
      if (stopped?.pid === undefined) throw new Error('nobody has the call');
      const exited = once(stopped, 'exit');
      process.kill(stopped.pid, 'SIGSTOP');
      await until(callId, 'call.resumed');
      const newAi = await vi.waitUntil(() => aiIn(person), WAIT);
      process.kill(stopped.pid, 'SIGCONT');
      expect(await exited).toEqual([1, null]);
      await until(callId, 'chunk.spoken', 1);
      // The one that goes on was not put out of the room by the one that came back.
      expect(aiIn(person)).toBe(newAi);
      expect(notes.find(note => note.type === 'dead')).toMatchObject({ isGone: false, calls: 1 });
      const log = await events(callId);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_event, index) => index));
      expect(log.filter(({ type }) => type === 'call.resumed')).toHaveLength(1);
      expect(verifySpoken(log).faults).toEqual([]);
    },
  );

  test(
    '[HOST40][PRIV9] the next call of a host that runs is kept as the org has chosen since, and one that goes on as it began',
    { timeout: TEST_LIMIT_MS },
    async () => {
      const { fleet, events, until, org } = await startControl(2);
      const profiles = async (callId: CallId): Promise<readonly (string | undefined)[]> =>
        (await events(callId)).flatMap(event =>
          event.type === 'recording.started' ? [event.retention?.profile] : [],
        );
      const [first, second] = ['call-standard' as CallId, 'call-short' as CallId];
      const person = await callIn(first);
      await until(first, 'recording.started');
      org.profile = 'short';
      await callIn(second);
      await until(second, 'recording.started');
      expect([await profiles(first), await profiles(second)]).toEqual([['standard'], ['short']]);
      await person.leave();
      await until(first, 'call.ended');
      org.profile = 'no-audio';
      process.kill(fleet.pidOf(second) ?? 0, 'SIGKILL');
      await until(second, 'recording.started', 2);
      expect(await profiles(second)).toEqual(['short', 'short']);
    },
  );

  test('[HOST27] hosts that are asked to end wait for their calls', { timeout: TEST_LIMIT_MS }, async () => {
    const { fleet, until, late } = await startControl(1, 1);
    const callId = 'call-drained' as CallId;
    const person = await callIn(callId);
    await until(callId, 'call.connected');
    let isDrained = false;
    const drained = fleet.drain(60_000).then(() => (isDrained = true));
    await until(callId, 'chunk.spoken', 2);
    expect(isDrained).toBe(false);
    await person.leave();
    await until(callId, 'call.ended');
    await drained;
    expect(late).toEqual([]);
  });
});
