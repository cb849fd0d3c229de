import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callerStream, lineSample, roomStats, type RoomStats } from './line-sample.ts';

/** As rtc-node gives them, with the fields that are read; figures of a real room. */
const stat = (which: string, value: object) => ({ stats: { case: which, value } });
const inbound = (ssrc: number, kind = 'audio') =>
  stat('inboundRtp', {
    stream: { ssrc, kind },
    received: { packetsReceived: 576n, packetsLost: 24n, jitter: 0.016 },
    inbound: { jitterBufferDelay: 48_000, jitterBufferEmittedCount: 480_000n },
  });
const SENT = stat('outboundRtp', {
  stream: { ssrc: 9, kind: 'audio' },
  sent: { packetsSent: 609n },
  outbound: { active: true },
});
const told = (roundTripTimeMeasurements: bigint) =>
  stat('remoteInboundRtp', {
    stream: { ssrc: 9, kind: 'audio' },
    received: { packetsReceived: 0n, packetsLost: 7n, jitter: 0.008 },
    remoteInbound: { roundTripTime: 0.12, roundTripTimeMeasurements },
  });
const PAIRS = [
  stat('candidatePair', { candidatePair: { nominated: false, currentRoundTripTime: 0.03 } }),
  stat('candidatePair', { candidatePair: { nominated: true, currentRoundTripTime: 0.112 } }),
];
const read = (stats: readonly object[]): RoomStats =>
  roomStats({ publisherStats: stats.slice(0, 2), subscriberStats: stats.slice(2) } as never);

test('[MOS5] what the room counts of both ways is read, with its units', () => {
  const stats = read([inbound(5), inbound(6), SENT, told(3n), ...PAIRS, inbound(5, 'video')]);
  expect(lineSample(stats, 5)).toEqual({
    'from-caller': {
      streamId: 5,
      packets: 600,
      packetsLost: 24,
      jitterMs: 16,
      roundTripMs: 112,
      bufferDelayMs: 48_000_000,
      bufferedSamples: 480_000,
    },
    'to-caller': {
      streamId: 9,
      packets: 609,
      packetsLost: 7,
      jitterMs: 8,
      roundTripMs: 120,
      bufferDelayMs: 0,
      bufferedSamples: 0,
    },
  });
});

test('[MOS5] of what is not known yet nothing is said', () => {
  const nothing = { 'from-caller': null, 'to-caller': null };
  expect(lineSample(read([]), 5)).toEqual(nothing);
  expect(lineSample(read([inbound(5), SENT, told(0n)]), 5)).toEqual(nothing);
  expect(lineSample(read([inbound(5), SENT, ...PAIRS]), 7)).toEqual(nothing);
  expect(lineSample(read([inbound(5), SENT, ...PAIRS]), null)).toEqual(nothing);
});

test('[MOS5] the caller’s stream is learnt while they speak alone, and kept when others come', () => {
  expect(callerStream(null, [5], true)).toBe(5);
  expect(callerStream(5, [5, 6], false)).toBe(5);
  expect(callerStream(5, [6], false)).toBeNull();
  expect(callerStream(null, [5, 6], true)).toBeNull();
  expect(callerStream(null, [], true)).toBeNull();
});

test('[MOS5] a stream that came while the caller did not speak alone is never theirs', () => {
  const step = fc.record({ streams: fc.uniqueArray(fc.nat(4), { maxLength: 3 }), alone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      let known: number | null = null;
      for (const { streams, alone } of steps) {
        const next: number | null = callerStream(known, streams, alone);
        if (next !== known && next !== null) expect(alone && streams.length === 1).toBe(true);
        if (next !== null) expect(streams).toContain(next);
        known = next;
      }
    }),
  );
});
