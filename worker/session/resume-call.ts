import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import type { SinkLedger } from '#worker/media/sink-ledger.ts';
import type { CallSupervision } from '#worker/supervision/call-supervision.ts';
import type { CallGuards } from './call-guards.ts';
import type { CallHush } from './call-hush.ts';
import type { CallLog } from './call-log.ts';
import type { CallMemory } from './call-memory.ts';
import type { Resumption } from './call-needs.ts';
import type { CallerTurns } from './caller-turns.ts';
import { endOfTransfer, foldPast, type PastCall } from './past-call.ts';
import type { SlowSafe } from './slow-safe.ts';
import type { SpeechControl } from './speech-control.ts';
import type { Whispers } from './whispers.ts';

/** The parts of a call that go on where the host before left them. */
export interface ResumedParts {
  readonly clock: Clock;
  readonly log: CallLog;
  readonly append: (draft: CallEventDraft) => JournalEntry | null;
  readonly memory: CallMemory;
  readonly guards: CallGuards;
  readonly caller: CallerTurns;
  readonly slowSafe: SlowSafe;
  readonly sink: SinkLedger;
  readonly whispers: Whispers;
  readonly supervision: CallSupervision;
  readonly ledger: ChunkLedger;
  readonly speech: SpeechControl;
  readonly hush: CallHush;
}

/** Goes on with a call whose host is gone, from its log (HOST30-HOST36). @returns what it was in the middle of */
export async function resumeCall(
  parts: ResumedParts,
  { events, host, room, present }: Resumption,
): Promise<PastCall> {
  const { clock, log, append, memory } = parts;
  const past = foldPast(events);
  log.continueAfter(past.lastSeq);
  for (const event of events) {
    memory.remember(event);
    memory.weigh(event);
  }
  parts.guards.replay(events, clock.now());
  parts.caller.continueAt(past.turns);
  parts.slowSafe.set(past.holdBackMs);
  if (past.soundChain !== null) parts.sink.continueFrom(past.soundChain);
  for (const [noteId, text] of past.notes) parts.whispers.add(noteId, text);
  // How much of a sentence was heard is not known any more; it counts as not heard and is not said again.
  for (const [chunkId, state] of past.openChunks)
    append(
      state === 'speaking'
        ? { type: 'chunk.interrupted', chunkId, heardMs: 0, heardText: '', cause: 'host-lost' }
        : { type: 'chunk.withheld', chunkId, cause: 'host-lost' },
    );
  const gapMs = Math.max(0, clock.now() - past.lastAtMs);
  append({ type: 'call.resumed', host, gapMs, ...(room === undefined ? {} : { room }) });
  for (const draft of endOfTransfer(past)) append(draft);
  const floor = past.floor && { ...past.floor, heldMs: Math.max(0, clock.now() - past.floor.sinceMs) };
  parts.ledger.floor = await parts.supervision.restore({ ...past, floor }, new Set(present));
  if (past.held) parts.speech.close();
  if (past.hushed) parts.hush.goOn();
  return past;
}
