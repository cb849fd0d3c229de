import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#shared/base/random.ts';
import { firstBroken, GENESIS_HASH, type AuditEntry, type AuditFact, type ChainHead } from './audit-chain.ts';
import {
  headOf,
  newDevice,
  nextFrame,
  onAnswer,
  receiveFrame,
  record,
  type AuditFrame,
  type DeviceChain,
  type DeviceRecord,
  type EpochOrigin,
  type FrameAnswer,
} from './audit-upload.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const fact = (eventId: string): AuditFact => ({
  eventId,
  atMs: 0,
  kind: 'k',
  payload: `"${eventId}"`,
  salt: 's',
});

interface EpochRows {
  readonly origin: EpochOrigin | null;
  readonly entries: AuditEntry[];
  head: ChainHead;
}

/** How the parts are put together; a mutant puts one of them together wrongly. */
interface Rules {
  readonly receive: (store: Server, frame: AuditFrame) => FrameAnswer;
  readonly sent: (chain: DeviceChain, frame: AuditFrame) => DeviceChain;
  readonly answered: (chain: DeviceChain, frame: AuditFrame, answer: FrameAnswer) => DeviceChain;
}

/** The store of record, in memory: heads and rows change together or not at all. */
class Server {
  readonly devices = new Map<string, Map<number, EpochRows>>();

  recordOf(deviceId: string): DeviceRecord {
    const epochs = this.devices.get(deviceId) ?? new Map<number, EpochRows>();
    return {
      newestEpoch: Math.max(0, ...epochs.keys()),
      headOf: epoch => epochs.get(epoch)?.head ?? null,
      hashAt: (epoch, seq) => epochs.get(epoch)?.entries[seq - 1]?.hash ?? null,
    };
  }

  write({ deviceId, epoch, origin }: AuditFrame, fresh: readonly AuditEntry[], head: ChainHead): void {
    const epochs = this.devices.get(deviceId) ?? new Map<number, EpochRows>();
    this.devices.set(deviceId, epochs);
    const rows = epochs.get(epoch) ?? { origin, entries: [], head };
    epochs.set(epoch, rows);
    rows.entries.push(...fresh);
    rows.head = head;
  }

  /** Everything of a device, once each. */
  events(deviceId: string): ReadonlySet<string> {
    const rows = [...(this.devices.get(deviceId)?.values() ?? [])];
    return new Set(rows.flatMap(({ entries }) => entries.map(({ eventId }) => eventId)));
  }
}

const RULES: Rules = {
  receive: (store, frame) => {
    const { answer, fresh } = receiveFrame(sha256, store.recordOf(frame.deviceId), frame);
    if (answer.outcome === 'ok' && fresh.length > 0) store.write(frame, fresh, answer.head);
    return answer;
  },
  sent: chain => chain,
  answered: (chain, _frame, answer) => onAnswer(sha256, chain, answer),
};

/** One random life of two devices and a store. @returns what went wrong */
function play(seed: number, rules: Rules): readonly string[] {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const store = new Server();
  const wrong: string[] = [];
  const stale: AuditFrame[] = [];
  let nextEvent = 0;
  const devices = ['one', 'two'].map(deviceId => ({
    chain: newDevice(deviceId),
    backup: newDevice(deviceId),
    appended: new Set<string>(),
    /** What only a disk had that went back in time. */
    rolledBack: new Set<string>(),
  }));
  type Device = (typeof devices)[number];

  const exchange = (device: Device, isFaulty: boolean): void => {
    const first = nextFrame(device.chain, 1 + upTo(4));
    deliver(device, first, isFaulty);
    const last = first.entries.at(-1);
    // The next frame does not wait for the answer to this one, and may be the only one that arrives.
    if (isFaulty && last && random() < 0.4)
      deliver(
        device,
        { ...first, entries: device.chain.entries.filter(({ seq }) => seq > last.seq).slice(0, 2) },
        isFaulty,
      );
  };
  const deliver = (device: Device, frame: AuditFrame, isFaulty: boolean): void => {
    stale.push(frame);
    device.chain = rules.sent(device.chain, frame);
    if (isFaulty && random() < 0.25) return; // lost on the way there
    const answer = rules.receive(store, frame);
    if (isFaulty && random() < 0.25) return; // or on the way back, or killed before it was read
    device.chain = rules.answered(device.chain, frame, answer);
  };
  const check = (): void => {
    for (const { chain } of devices) {
      const head = store.recordOf(chain.deviceId).headOf(chain.epoch);
      if (chain.acked.seq > (head?.seq ?? 0)) wrong.push('believes the store has more than it has');
    }
  };

  for (let step = 0; step < 30; step += 1) {
    const device = devices[upTo(2)] as Device;
    const dice = upTo(20);
    if (dice < 8) {
      const ids = Array.from({ length: 1 + upTo(3) }, () => `e${String((nextEvent += 1))}`);
      device.chain = record(sha256, device.chain, ids.map(fact));
      for (const id of ids) device.appended.add(id);
    } else if (dice < 15) exchange(device, true);
    else if (dice < 17) device.backup = device.chain;
    else if (dice < 18) {
      const kept = new Set(device.backup.entries.map(({ eventId }) => eventId));
      const known = store.events(device.chain.deviceId);
      for (const { eventId } of device.chain.entries)
        if (!kept.has(eventId) && !known.has(eventId)) device.rolledBack.add(eventId);
      device.chain = device.backup;
    } else if (stale.length > 0) rules.receive(store, stale[upTo(stale.length)] as AuditFrame);
    check();
  }
  for (const device of devices) {
    for (let round = 0; round < 200; round += 1) exchange(device, false);
    check();
    const { chain } = device;
    if (nextFrame(chain, 1).entries.length > 0) wrong.push('the queue does not empty');
    const there = store.events(chain.deviceId);
    for (const id of device.appended)
      if (!there.has(id) && !device.rolledBack.has(id)) wrong.push(`${id} is lost`);
    for (const id of there) if (!device.appended.has(id)) wrong.push(`${id} was never written`);
    if (headOf(chain).hash !== chain.acked.hash) wrong.push('the receipt is of another history');
    for (const [epoch, { entries, origin, head }] of store.devices.get(chain.deviceId) ?? []) {
      const broken = firstBroken(sha256, { seq: 0, hash: origin?.hash ?? GENESIS_HASH }, entries);
      if (broken !== null) wrong.push(`epoch ${String(epoch)} is broken at ${String(broken)}`);
      if (entries.at(-1)?.hash !== head.hash) wrong.push('the head is of other rows');
    }
  }
  // Whatever was accepted once changes nothing when it comes again, in any order.
  const before = JSON.stringify([...store.devices].map(([id, epochs]) => [id, [...epochs]]));
  const accepted = stale.filter(({ deviceId, epoch, entries }) =>
    entries.every(({ seq, hash }) => store.recordOf(deviceId).hashAt(epoch, seq) === hash),
  );
  for (const frame of accepted.toReversed()) rules.receive(store, frame);
  if (JSON.stringify([...store.devices].map(([id, epochs]) => [id, [...epochs]])) !== before)
    wrong.push('a repetition changed something');
  return wrong;
}

const ackAll = (chain: DeviceChain, { epoch, entries }: AuditFrame): DeviceChain => {
  const last = entries.at(-1);
  return last && epoch === chain.epoch && last.seq > chain.acked.seq
    ? { ...chain, acked: { seq: last.seq, hash: last.hash } }
    : chain;
};

/** research/sync.md calls these by the same numbers where it has them. */
const MUTANTS: Readonly<Record<string, Rules>> = {
  'the cursor moves on sending': { ...RULES, sent: ackAll },
  'the device believes its own number instead of the head': {
    ...RULES,
    answered: (chain, _frame, answer) =>
      answer.outcome === 'ok' ? { ...chain, acked: headOf(chain) } : onAnswer(sha256, chain, answer),
  },
  'rows without the head': {
    ...RULES,
    receive: (store, frame) => {
      const before = store.recordOf(frame.deviceId).headOf(frame.epoch);
      const answer = RULES.receive(store, frame);
      const rows = store.devices.get(frame.deviceId)?.get(frame.epoch);
      if (rows && before && rows.entries.length % 3 === 0) rows.head = before;
      return answer;
    },
  },
  'a blind insert': {
    ...RULES,
    receive: (store, frame) => {
      const last = frame.entries.at(-1);
      const head = last ??
        store.recordOf(frame.deviceId).headOf(frame.epoch) ?? { seq: 0, hash: GENESIS_HASH };
      if (last) store.write(frame, frame.entries, last);
      return { outcome: 'ok', epoch: frame.epoch, head: { seq: head.seq, hash: head.hash } };
    },
  },
  'what is there already is not compared': {
    ...RULES,
    receive: (store, frame) => {
      const known = store.recordOf(frame.deviceId);
      const head = known.headOf(frame.epoch);
      const last = frame.entries.at(-1);
      const onlyOld = head && last && last.seq <= head.seq;
      return onlyOld
        ? { outcome: 'ok', epoch: frame.epoch, head: { seq: last.seq, hash: last.hash } }
        : RULES.receive(store, frame);
    },
  },
  'gaps are taken': {
    ...RULES,
    receive: (store, frame) => {
      const answer = RULES.receive(store, frame);
      const last = frame.entries.at(-1);
      if (answer.outcome !== 'gap' || !last) return answer;
      store.write(frame, frame.entries, last);
      return { outcome: 'ok', epoch: frame.epoch, head: last };
    },
  },
  'a fork is taken for a success': {
    ...RULES,
    answered: (chain, frame, answer) =>
      answer.outcome === 'fork' ? ackAll(chain, frame) : onAnswer(sha256, chain, answer),
  },
};

describe('upload', () => {
  test('[SYN3][SYN4] a gap and a contradiction write nothing and say where the store is; a repetition is fine', () => {
    const store = new Server();
    const chain = record(sha256, newDevice('d'), ['a', 'b', 'c', 'd'].map(fact));
    const frame = nextFrame(chain, 2);
    expect(RULES.receive(store, { ...frame, entries: chain.entries.slice(2) })).toMatchObject({
      outcome: 'gap',
      head: { seq: 0 },
    });
    expect(RULES.receive(store, frame)).toMatchObject({ outcome: 'ok', head: { seq: 2 } });
    expect(RULES.receive(store, frame)).toMatchObject({ outcome: 'ok', head: { seq: 2 } });
    const rewritten = record(sha256, newDevice('d'), ['a', 'x', 'c'].map(fact));
    expect(RULES.receive(store, nextFrame(rewritten, 9))).toEqual({ outcome: 'fork', newestEpoch: 1 });
    expect(store.events('d')).toEqual(new Set(['a', 'b']));
  });

  test('[SYN5][SYN7] after a roll-back the new epoch begins where both agree and brings what is missing', () => {
    const store = new Server();
    let chain = record(sha256, newDevice('d'), ['a'].map(fact));
    chain = onAnswer(sha256, chain, RULES.receive(store, nextFrame(chain, 9)));
    const backup = chain;
    const lost = record(sha256, chain, ['b'].map(fact));
    RULES.receive(store, nextFrame(lost, 9));
    chain = record(sha256, backup, ['c'].map(fact));
    for (let round = 0; round < 3; round += 1)
      chain = onAnswer(sha256, chain, RULES.receive(store, nextFrame(chain, 9)));
    expect(chain).toMatchObject({ epoch: 2, origin: { epoch: 1, seq: 1 }, acked: { seq: 1 } });
    expect(store.events('d')).toEqual(new Set(['a', 'b', 'c']));
    expect(store.recordOf('d').headOf(1)).toMatchObject({ seq: 2 });
  });

  test('[SYN6] through loss, repetition, delay, kill and roll-back nothing is lost, doubled or believed too early', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        expect(play(seed, RULES)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test.each(Object.entries(MUTANTS))('[SYN6] would be noticed: %s', (_name, mutant) => {
    let caughtAt: number | null = null;
    for (let seed = 0; seed < 1500 && caughtAt === null; seed += 1)
      if (play(seed, mutant).length > 0) caughtAt = seed;
    expect(caughtAt).not.toBeNull();
  });
});
