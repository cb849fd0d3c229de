import type { CallId } from '#shared/domain/ids.ts';
import { roleOf } from '#shared/domain/rooms.ts';
import { livekitRoomPeople } from '#worker/livekit/room-people.ts';
import { LivekitMediaPlane } from '#worker/media/livekit/livekit-media-plane.ts';
import type { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import type { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import type { Store } from '#worker/store/store.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { LivekitLine } from './livekit-line.ts';
import type { Logger } from './log.ts';
import { newId } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

/** Calls in rooms: what people say and hear there is seen to at LiveKit's server. Who strays stands in the audit log. */
export function planeOfRooms(
  mixing: LoopbackMediaPlane,
  { access, book }: Pick<LivekitLine, 'access' | 'book'>,
  audit: Pick<Store, 'recordAccess'>,
  log: Logger,
): LivekitMediaPlane<CallMixer> {
  const onError = (callId: CallId, error: unknown): void =>
    log.error({ callId, err: error }, 'the server does not enforce who hears whom; it is tried again');
  return new LivekitMediaPlane({
    mixing,
    people: livekitRoomPeople(access),
    clock: systemClock,
    roomOf: roomName => book.roomOf(roomName),
    onStray: (callId, identity, outcome) => {
      const who = roleOf(identity);
      const userId = 'userId' in who ? who.userId : identity;
      const atMs = systemClock.now();
      const payload = { callId, identity };
      audit
        .recordAccess({
          id: newId(),
          orgId: DEMO_ORG_ID,
          userId,
          action: 'room-microphone',
          outcome,
          atMs,
          payload,
        })
        .catch((error: unknown) => onError(callId, error));
    },
    onError,
  });
}
