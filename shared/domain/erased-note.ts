/** A revision of a note without what was written: who and when stay, and which call it was on (NOT11). */
export function withoutWords<
  Revision extends {
    readonly fields: Readonly<Record<string, string | undefined>>;
    readonly blocks: readonly unknown[];
    readonly note: string;
  },
>(revision: Revision): Revision {
  const { callId } = revision.fields;
  return { ...revision, blocks: [], fields: callId === undefined ? {} : { callId }, note: '' };
}

/** A conflict of a note without the texts of either side. */
export const conflictWithoutWords = <
  Conflict extends {
    readonly base: string | null;
    readonly head: string | null;
    readonly mine: string | null;
  },
>(
  conflict: Conflict,
): Conflict => ({ ...conflict, base: null, head: null, mine: null });
