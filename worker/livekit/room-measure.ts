import type { RemoteParticipant, Room } from '@livekit/rtc-node';
import type { LineSample } from '#shared/domain/call-quality.ts';
import { callerStream, lineSample, roomStats } from './line-sample.ts';
import { heardTrack } from './member-audio.ts';

/** Looks at the connection of the room we are in at that moment. */
export type MeasureRoom = (identity: string) => Promise<LineSample | null>;

export function createMeasure(roomNow: () => Room | null): MeasureRoom {
  const streams = new Map<string, number>();
  return async identity => {
    const room = roomNow();
    if (!room?.isConnected) return null;
    let stats;
    try {
      stats = roomStats(await room.getRtcStats());
    } catch (error) {
      // It ended while we asked.
      if (room !== roomNow() || !room.isConnected) return null;
      throw error;
    }
    const ssrcs = stats.inbound.flatMap(({ stream }) => stream?.ssrc ?? []);
    const ssrc = callerStream(streams.get(identity) ?? null, ssrcs, speaksAlone(room, identity));
    if (ssrc === null) streams.delete(identity);
    else streams.set(identity, ssrc);
    return lineSample(stats, ssrc);
  };
}

function speaksAlone(room: Room, identity: string): boolean {
  const speaking: RemoteParticipant[] = [...room.remoteParticipants.values()].filter(heardTrack);
  return speaking.length === 1 && speaking[0]?.identity === identity;
}
