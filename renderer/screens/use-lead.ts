import { useCallback } from 'react';
import type { NextUtterance } from '#renderer/stores/floor-store.ts';
import { useConsole } from '#renderer/stores/use-console.ts';

/** Reads how long it is until the caller hears the sentence; a held sentence does not come closer. */
export function useLead(next: NextUtterance | undefined): () => number {
  const { clock } = useConsole();
  return useCallback(
    () => (!next ? 0 : next.held ? next.leadMs : next.leadMs - (clock.mono() - next.heardOfMono)),
    [next, clock],
  );
}
