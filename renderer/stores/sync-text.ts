import type { SyncStatus } from '#shared/ipc/sync-status.ts';

export type SyncTone = 'ok' | 'busy' | 'warn';

const counted = (count: number, one: string, many: string): string =>
  `${String(count)} ${count === 1 ? one : many}`;

/** The indicator in words (DST52). `timeOf` gives a moment as people say it. */
export function syncText(
  { state, waiting, store }: SyncStatus,
  timeOf: (atMs: number) => string,
): { readonly words: string; readonly tone: SyncTone } {
  const waits = waiting > 0 ? `, ${counted(waiting, 'change', 'changes')} waiting` : '';
  if (store.mode === 'unavailable') return { words: 'Nothing is kept on this desk', tone: 'warn' };
  switch (state.name) {
    case 'offline':
      return { words: `Offline since ${timeOf(state.sinceMs)}${waits}`, tone: 'warn' };
    case 'catching-up':
      return { words: `Catching up ${String(state.done)} of ${String(state.total)}`, tone: 'busy' };
    case 'refused':
      return { words: `${counted(state.count, 'change', 'changes')} not accepted`, tone: 'warn' };
    case 'conflict':
      return { words: `Conflict in ${counted(state.count, 'document', 'documents')}`, tone: 'warn' };
    case 'live':
      if (store.mode === 'read-only') return { words: 'Nothing can be saved here', tone: 'warn' };
      return waiting > 0
        ? { words: `Sending ${counted(waiting, 'change', 'changes')}`, tone: 'busy' }
        : { words: 'Synced', tone: 'ok' };
  }
}
