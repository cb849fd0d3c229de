import { Room } from 'livekit-client';
import type { CallId } from '#shared/domain/ids.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { AudioWay, RoomEntry } from '#shared/ipc/audio-way.ts';
import { pageAudio } from '#renderer/media/audio-devices.ts';
import { joinLivekitRoom } from '#renderer/media/livekit-room.ts';
import type { MediaState } from '#renderer/media/media-link.ts';
import { createRoomLink, type RoomLink } from '#renderer/media/room-link.ts';

/** The product's link in a page of its own, so that a test is the desk and nothing else is in the way. */
interface RoomBench {
  readonly link: RoomLink;
  /** Names of `hearing` and of `speaking`, in the order in which they came. */
  readonly said: { readonly hearing: string[]; readonly speaking: string[] };
  /** Every room that was ever opened, as the client library has it. */
  readonly rooms: Set<Room>;
  listen(identityAndToken: RoomEntry): Promise<void>;
  open(entry: RoomEntry): Promise<string | null>;
  state(): MediaState;
}

declare global {
  interface Window {
    roomBench: RoomBench;
    /** The worker's answer to a question for a room; put there by the test. */
    askForEntry(): Promise<AudioWay | { readonly code: string }>;
  }
}

const CALL = 'call-1' as CallId;

const rooms = new Set<Room>();
const { on } = Room.prototype;
Room.prototype.on = function (this: Room, ...args: Parameters<typeof on>) {
  rooms.add(this);
  return on.apply(this, args);
};

const link = createRoomLink({
  join: joinLivekitRoom,
  devices: pageAudio,
  ask: async () => {
    const way = await window.askForEntry();
    if ('via' in way && way.via === 'livekit') return way;
    throw new AppError({ code: 'media.refused', message: 'Not now.', retryable: true, origin: 'worker' });
  },
  chosen: () => ({ input: '', output: '' }),
  processing: false,
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
});
const said: RoomBench['said'] = { hearing: [], speaking: [] };
link.state.subscribe((now, before) => {
  if (now.hearing !== before.hearing) said.hearing.push(now.hearing.name);
  if (now.speaking !== before.speaking) said.speaking.push(now.speaking.name);
});

window.roomBench = {
  link,
  said,
  rooms,
  listen: entry => link.listen(CALL, entry),
  open: async entry => (await link.openMicrophone(CALL, entry))?.code ?? null,
  state: () => link.state.getState(),
};
