import { whoCanBeCoached, whoHearsWhom } from '#shared/projections/who-hears-whom.ts';
import { mayDo } from '#renderer/stores/rights.ts';
import { useCall, useDesk, useLadder } from '#renderer/stores/use-console.ts';

/** What the button to whisper is described by. */
export const COACH_WORDS_ID = 'coach-words';

/** Whether this person could whisper to whoever has the call, and who hears it while they do: the matrix says so, not the button. */
export function CoachNote() {
  const desk = useDesk(state => state);
  const timeline = useCall(state => state.timeline);
  const armed = useLadder(state => state.callId === timeline.callId && state.mic === 'armed');
  const myId = desk.name === 'ready' ? desk.user.userId : '';
  const name = whoCanBeCoached(timeline, myId);
  const { coached, callerHearsYou } = whoHearsWhom(timeline, myId);
  const words =
    name === null || !mayDo(desk, 'whisper-to-human')
      ? null
      : coached !== null
        ? `${coached} hears you; ${callerHearsYou ? 'so does the caller' : 'the caller cannot'}`
        : armed
          ? `Only ${name} will hear you`
          : 'Arm your microphone first';
  // The region is there before it is needed, or nothing would be read aloud.
  return (
    <span
      id={COACH_WORDS_ID}
      role="status"
      className={words === null ? 'sr-only' : coached === null ? 'text-muted' : 'font-medium text-human'}
    >
      {words}
    </span>
  );
}
