import { useMemo } from 'react';
import { useShown } from '#renderer/stores/use-console.ts';
import type { Citation } from '#shared/domain/lanes.ts';

/** Every source of this call, numbered in the order of its first use. */
export function useSources(): ReadonlyMap<string, number> {
  const list = useSourceList();
  return useMemo(() => new Map(list.map(({ sourceId }, at) => [sourceId, at + 1])), [list]);
}

export function useSourceList(): readonly Citation[] {
  const chunks = useShown(state => state.timeline.chunks);
  const order = useShown(state => state.timeline.chunkOrder);
  return useMemo(() => {
    const found = new Map<string, Citation>();
    for (const id of order)
      for (const citation of chunks[id]?.citations ?? [])
        if (!found.has(citation.sourceId)) found.set(citation.sourceId, citation);
    return [...found.values()];
  }, [chunks, order]);
}
