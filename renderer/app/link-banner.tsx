import { useDesk, useNow } from '#renderer/stores/use-console.ts';
import { clockWords } from '#shared/projections/words.ts';

/** The worker is gone: what is on the screen stays, and this says since when it has not changed. */
export function LinkBanner() {
  const link = useDesk(state => (state.name === 'ready' ? state.link : null));
  const nowMs = useNow(1_000);
  const lost = link?.name === 'lost' ? link : null;
  return (
    <div role="status">
      {lost && (
        <p className="m-0 flex flex-wrap items-baseline gap-x-3 border-b border-warn bg-raised px-5 py-2">
          <b className="font-semibold">Worker lost</b>
          <span>
            Nothing here has changed for <span className="num">{clockWords(nowMs - lost.sinceMs)}</span>.
            Trying again by itself.
          </span>
          <small className="num text-[11px] text-muted">{lost.code}</small>
        </p>
      )}
    </div>
  );
}
