import type { Room } from '@livekit/rtc-node';
import type { LineCounters, LineSample } from '#shared/domain/call-quality.ts';

type SessionStats = Awaited<ReturnType<Room['getRtcStats']>>;
type OneStat = SessionStats['publisherStats'][number]['stats'];
type StatOf<Case extends OneStat['case']> = NonNullable<Extract<OneStat, { case: Case }>['value']>;

/** What a sample is made of; the rest of a report is of no interest here. */
export interface RoomStats {
  readonly inbound: readonly StatOf<'inboundRtp'>[];
  readonly outbound: readonly StatOf<'outboundRtp'>[];
  readonly remoteInbound: readonly StatOf<'remoteInboundRtp'>[];
  readonly pairs: readonly StatOf<'candidatePair'>[];
}

/** Audio only; one peer connection or two, as the server has it. */
export function roomStats({ publisherStats, subscriberStats }: SessionStats): RoomStats {
  const all = [...publisherStats, ...subscriberStats].map(({ stats }) => stats);
  const isAudio = ({ stream }: { readonly stream?: { readonly kind?: string } }): boolean =>
    stream?.kind === 'audio';
  return {
    inbound: all.flatMap(one => (one.case === 'inboundRtp' && isAudio(one.value) ? one.value : [])),
    outbound: all.flatMap(one => (one.case === 'outboundRtp' && isAudio(one.value) ? one.value : [])),
    remoteInbound: all.flatMap(one =>
      one.case === 'remoteInboundRtp' && isAudio(one.value) ? one.value : [],
    ),
    pairs: all.flatMap(one => (one.case === 'candidatePair' ? one.value : [])),
  };
}

/**
 * Which stream is the caller's (MOS5). Reports do not say whose a stream is, so it is learnt while theirs is the only voice in the
 * room, and kept for as long as it is there.
 */
export function callerStream(
  known: number | null,
  streams: readonly number[],
  onlyCallerSpeaks: boolean,
): number | null {
  if (known !== null && streams.includes(known)) return known;
  const [only] = streams;
  return onlyCallerSpeaks && streams.length === 1 && only !== undefined ? only : null;
}

/** @param callerSsrc the caller's stream among those that arrive; `null` where it is not known */
export function lineSample(stats: RoomStats, callerSsrc: number | null): LineSample {
  return { 'from-caller': fromCaller(stats, callerSsrc), 'to-caller': toCaller(stats) };
}

function fromCaller({ inbound, pairs }: RoomStats, ssrc: number | null): LineCounters | null {
  const one = inbound.find(({ stream }) => stream?.ssrc === ssrc);
  const pair = pairs.find(({ candidatePair }) => candidatePair?.nominated === true)?.candidatePair;
  if (ssrc === null || !one || pair?.currentRoundTripTime === undefined) return null;
  const packetsLost = Number(one.received?.packetsLost ?? 0);
  return {
    streamId: ssrc,
    packets: Number(one.received?.packetsReceived ?? 0) + packetsLost,
    packetsLost,
    jitterMs: msOf(one.received?.jitter),
    roundTripMs: msOf(pair.currentRoundTripTime),
    // Seconds that each sample waited, added up over the samples.
    bufferDelayMs: msOf(one.inbound?.jitterBufferDelay),
    bufferedSamples: Number(one.inbound?.jitterBufferEmittedCount ?? 0),
  };
}

/** As the server told it last, which it does about once a second. */
function toCaller({ outbound, remoteInbound }: RoomStats): LineCounters | null {
  // The AI's is the only track that the worker sends; what is left of an earlier one sends nothing any more.
  const one = outbound.findLast(({ outbound: sending }) => sending?.active !== false);
  const told = remoteInbound.find(({ stream }) => stream?.ssrc === one?.stream?.ssrc);
  const ssrc = one?.stream?.ssrc;
  if (ssrc === undefined || !told || Number(told.remoteInbound?.roundTripTimeMeasurements ?? 0) === 0)
    return null;
  return {
    streamId: ssrc,
    packets: Number(one?.sent?.packetsSent ?? 0),
    packetsLost: Number(told.received?.packetsLost ?? 0),
    jitterMs: msOf(told.received?.jitter),
    roundTripMs: msOf(told.remoteInbound?.roundTripTime),
    bufferDelayMs: 0,
    bufferedSamples: 0,
  };
}

const msOf = (seconds: number | undefined): number => (seconds ?? 0) * 1000;
