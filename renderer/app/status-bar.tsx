import { Kbd } from '#renderer/components/kbd.tsx';
import { ariaKey } from '#renderer/components/key-sign.ts';
import { useConsole, useDesk, useKeyOf } from '#renderer/stores/use-console.ts';
import { SyncIndicator } from './sync-indicator.tsx';

/** The link to the worker, what speaks and thinks, and the keys. */
export function StatusBar() {
  const { ui } = useConsole();
  const keyOf = useKeyOf();
  const link = useDesk(state => (state.name === 'ready' ? state.link : null));
  const live = link?.name === 'live' ? link : null;
  return (
    <footer className="status-bar flex h-[26px] flex-none items-center gap-4 overflow-hidden border-t border-line-2 bg-panel px-3 text-[12px] whitespace-nowrap text-muted">
      <span className="flex items-center gap-1.5" role="status">
        <span className={`keeps-colour h-2 w-2 rounded-full ${live ? 'bg-ok' : 'bg-warn'}`} />
        {live ? 'Connected' : link?.name === 'lost' ? 'Worker lost' : 'Connecting'}
      </span>
      <SyncIndicator />
      {live && (
        <>
          <span className="narrow-hide">
            Worker · <span className="num">{Math.round(live.latencyMs)} ms</span>
          </span>
          <span className="narrow-hide">
            Brain <b className="font-semibold text-text">{live.brain}</b>
          </span>
          <span className="narrow-hide">
            Voice <b className="font-semibold text-text">{live.voice}</b>
          </span>
        </>
      )}
      <span className="flex-1" />
      <span data-tour="keys" className="flex items-center gap-4">
        <button
          type="button"
          className="flex items-center gap-1.5 hover:text-text"
          aria-keyshortcuts={ariaKey(keyOf('help'))}
          onClick={() => ui.setState({ sheet: 'keys' })}
        >
          <Kbd>{keyOf('help')}</Kbd> Keys
        </button>
        <button
          type="button"
          className="flex items-center gap-1.5 hover:text-text"
          aria-keyshortcuts={ariaKey(keyOf('palette'))}
          onClick={() => ui.setState({ sheet: 'palette' })}
        >
          <Kbd>{keyOf('palette')}</Kbd> Do anything
        </button>
      </span>
    </footer>
  );
}
