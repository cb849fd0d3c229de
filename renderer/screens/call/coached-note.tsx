import { Speech } from 'lucide-react';
import { callerHearsCoach, whoHearsWhom } from '#shared/projections/who-hears-whom.ts';
import { useCall, useDesk, useMedia } from '#renderer/stores/use-console.ts';

/** Who whispers to the person on the line, and whether the caller hears it; both are the matrix's to say. */
export function CoachedNote() {
  const myId = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const timeline = useCall(state => state.timeline);
  const isLost = useMedia(state => state.coach.name === 'lost');
  const { coaches } = whoHearsWhom(timeline, myId);
  const callerHears = callerHearsCoach(timeline);
  // The region is there before it is needed, or nothing would be read aloud.
  return (
    <div
      role="status"
      aria-label="Coach"
      className={coaches === null ? 'sr-only' : 'pill pill-hue text-human'}
    >
      {coaches !== null && (
        <>
          <Speech size={14} strokeWidth={1.75} aria-hidden="true" />
          <span>
            {coaches} {coaches.includes(' and ') ? 'are' : 'is'} coaching you;{' '}
            {callerHears ? 'the caller hears it' : 'the caller cannot hear it'}
            {isLost && '. You do not hear it either: the audio server cannot be reached'}
          </span>
        </>
      )}
    </div>
  );
}
