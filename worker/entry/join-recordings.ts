import type { Journal } from '#shared/adapters/journal.ts';
import { startJoining, type JoinJob } from '#worker/media/recorder/join-job.ts';
import type { Logger } from './log.ts';
import { systemClock } from './system-clock.ts';

/** Calls that went on in another process have a recording in parts; once they have ended it is one (REC16). */
export function joinRecordings(folder: string, journal: Journal, log: Logger): JoinJob {
  const job = startJoining({
    folder,
    clock: systemClock,
    callEvents: callId => journal.callEvents(callId, -1),
    onError: (callId, error) =>
      log.error(
        { callId, err: error },
        'the parts of a recording stay apart; they are joined at the next start',
      ),
  });
  const stopListening = journal.onEntry(({ event }) => {
    if (event.type === 'call.ended') job.callEnded(event.conversationId);
  });
  return {
    ...job,
    stop: () => {
      stopListening();
      job.stop();
    },
  };
}
