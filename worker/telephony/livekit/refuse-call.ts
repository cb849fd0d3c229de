import { samplesOf } from '#shared/domain/audio-format.ts';
import type { RoomCall } from './room-call.ts';

/** So that the last word is not cut off by what is still on its way. */
const TAIL_MS = 500;

/** Says `words` (mono, 16 kHz) to whoever comes into the room, then hangs up (SIP41). */
export function refuseWhenRinging(
  call: RoomCall,
  words: Int16Array,
  onError: (error: unknown) => void,
): void {
  call
    .answer()
    .then(audio => {
      // Nobody listens; the line's clock carries the words.
      audio.onFrame(() => undefined);
      const padded = new Int16Array(words.length + samplesOf(TAIL_MS));
      padded.set(words);
      return call.voice.say(padded);
    })
    .catch(onError)
    .finally(() => call.hangUp());
}
