import { Popover } from 'radix-ui';
import { useStore } from 'zustand';
import { isNote } from '#shared/domain/document-space.ts';
import type { SyncStatus } from '#shared/ipc/sync-status.ts';
import { whenWords } from '#shared/projections/words.ts';
import { syncText, type SyncTone } from '#renderer/stores/sync-text.ts';
import { useConsole, useNow } from '#renderer/stores/use-console.ts';

const DOT: Readonly<Record<SyncTone, string>> = { ok: 'bg-ok', busy: 'bg-muted', warn: 'bg-warn' };

/** How this desk stands to its worker, in words; opens to what waits and why (DST52). */
export function SyncIndicator() {
  const { sync } = useConsole();
  const status = useStore(sync.state);
  const nowMs = useNow(30_000);
  if (!status) return null;
  const { words, tone } = syncText(status, atMs => whenWords(atMs, nowMs));
  return (
    <Popover.Root>
      <Popover.Trigger className="flex items-center gap-1.5 hover:text-text" aria-label={`Sync: ${words}`}>
        <span className={`keeps-colour h-2 w-2 flex-none rounded-full ${DOT[tone]}`} />
        <span role="status">{words}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={8}
          collisionPadding={8}
          aria-label="Sync"
          className="z-40 max-h-[60vh] w-[min(420px,calc(100vw-16px))] overflow-auto rounded-md border border-line bg-panel p-4 text-[13px] text-text shadow-lg"
        >
          <Details status={status} words={words} nowMs={nowMs} onTry={() => void sync.tryNow()} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface DetailsProps {
  readonly status: SyncStatus;
  readonly words: string;
  readonly nowMs: number;
  readonly onTry: () => void;
}

function Details({ status, words, nowMs, onTry }: DetailsProps) {
  const { waits, refused, lastError, lastSyncedAtMs, nextTryAtMs, store } = status;
  const when = (atMs: number): string => whenWords(atMs, nowMs);
  const isDue = status.state.name === 'offline' && nextTryAtMs !== null;
  return (
    <>
      <div className="flex items-baseline gap-3">
        <h2 className="m-0 flex-1 text-[14px] font-semibold">{words}</h2>
        <button type="button" className="btn" onClick={onTry}>
          Try now
        </button>
      </div>
      <p className="m-0 mt-1 text-muted">
        {lastSyncedAtMs === null
          ? 'Not in step with the worker yet.'
          : `Last in step with the worker ${when(lastSyncedAtMs)}.`}{' '}
        {isDue && 'It is tried again by itself.'}
      </p>
      {store.problem && <Problem words={store.problem.message} code={store.problem.code} />}
      {lastError && <Problem words={lastError.message} code={lastError.code} />}
      {store.search === 'keywords' && (
        <p className="m-0 mt-2 text-muted">Search on this desk goes by words only.</p>
      )}
      {refused.length > 0 && (
        <List title="Not accepted">
          {refused.map(({ id, docId, title, reason, atMs }) => (
            <li key={id}>
              <b className="font-semibold">{title}</b> <span className="text-muted">{when(atMs)}</span>
              <br />
              {reason} Your text is kept and opens with{' '}
              {isNote(docId) ? 'the notes of its call' : 'the document'}.
            </li>
          ))}
        </List>
      )}
      {waits.length > 0 && (
        <List title="Waiting to be sent">
          {waits.map(({ id, title, sinceMs }) => (
            <li key={id}>
              {title} <span className="text-muted">since {when(sinceMs)}</span>
            </li>
          ))}
        </List>
      )}
    </>
  );
}

function List({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className="mt-3">
      <h3 className="m-0 text-[12px] font-semibold text-muted">{title}</h3>
      <ul className="m-0 mt-1 flex list-none flex-col gap-1 p-0">{children}</ul>
    </section>
  );
}

function Problem({ words, code }: { readonly words: string; readonly code: string }) {
  return (
    <p className="m-0 mt-2 border-l-2 border-warn pl-2">
      {words} <small className="num text-[11px] text-muted">{code}</small>
    </p>
  );
}
