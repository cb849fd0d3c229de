import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { isAway } from './is-away.ts';

/** Calls that have been: from the worker, and from this desk while it is away (DST31, DST32). */
export function callHandlers(
  core: DeskCore,
  data: DeskData,
): Pick<CommandHandlers, 'list-calls' | 'get-call-events'> {
  const { calls, notes } = data.store;
  const keep = (write: Promise<void>): void => void write.catch(() => undefined);
  return {
    'list-calls': async query => {
      try {
        const found = await core.listCalls(query);
        keep(calls.addListed(found, Date.now()));
        return { calls: found };
      } catch (error) {
        if (!isAway(error)) throw error;
        const { calls: kept, seenAtMs } = await calls.facts().catch(() => NOTHING);
        if (kept === 0 || seenAtMs === null) throw error;
        const flagged = query.filter === 'flagged' ? await notes.flaggedCalls() : [];
        return { calls: [...(await calls.list(query, flagged))], asOfMs: seenAtMs };
      }
    },
    'get-call-events': async ({ callId, afterSeq }) => {
      const opened = core.capsules.events(callId, afterSeq);
      if (opened) return { events: [...opened] };
      try {
        const events = await core.callEvents(callId, afterSeq);
        keep(calls.addEvents(events, Date.now()));
        return { events };
      } catch (error) {
        if (!isAway(error)) throw error;
        const events = await calls.events(callId, afterSeq).catch(() => null);
        const { seenAtMs } = await calls.facts().catch(() => NOTHING);
        if (events === null || seenAtMs === null) throw error;
        return { events: [...events], asOfMs: seenAtMs };
      }
    },
  };
}

const NOTHING = { calls: 0, seenAtMs: null };
