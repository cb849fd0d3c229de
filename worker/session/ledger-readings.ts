import { isPending, isStoppable, type ChunkLedger, type ChunkRecord } from '#worker/lanes/chunk-ledger.ts';
import type { WithholdCause } from '#shared/domain/lanes.ts';
import type { DraftPart } from '#worker/lanes/speech-gate.ts';
import type { SilenceCause } from '#worker/turns/turn-machine.ts';

/** What becomes of speech that has not begun to sound, by why the AI was silenced; who took the floor says it for `floor`. */
export const WITHHOLD_CAUSE: Readonly<Record<Exclude<SilenceCause, 'floor'>, WithholdCause>> = {
  'barge-in': 'barge-in',
  'speech-resumed': 'speech-resumed',
  'call-ended': 'call-ended',
};

/** The rest of an answer that nobody has heard; judged again before it is said after all. */
export function unsaidParts(ledger: ChunkLedger): readonly DraftPart[] {
  return [...ledger.all()]
    .filter(chunk => isStoppable(chunk.state) && chunk.lane === 'B')
    .map(({ draftText: text, citations, noteIds, toolFacts }) => ({ text, citations, noteIds, toolFacts }));
}

/** Notes of people that what waits to be said makes use of, and those that what was vetoed did. */
export function carriedNotes(ledger: ChunkLedger): {
  readonly waiting: ReadonlySet<string>;
  readonly vetoed: ReadonlySet<string>;
} {
  const chunks = [...ledger.all()];
  const notesOf = (fits: (chunk: ChunkRecord) => boolean): ReadonlySet<string> =>
    new Set(chunks.filter(fits).flatMap(chunk => chunk.noteIds));
  return {
    waiting: notesOf(chunk => isPending(chunk.state)),
    vetoed: notesOf(chunk => chunk.state === 'vetoed'),
  };
}
