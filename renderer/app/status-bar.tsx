import { useConsole, useDesk } from '#renderer/stores/use-console.ts';

/** The link to the worker, what speaks and thinks, and the keys. */
export function StatusBar() {
  const { ui } = useConsole();
  const link = useDesk(state => (state.name === 'ready' ? state.link : null));
  const live = link?.name === 'live' ? link : null;
  return (
    <footer className="flex h-[26px] flex-none items-center gap-4 overflow-hidden border-t border-line-2 bg-panel px-3 text-[12px] whitespace-nowrap text-muted">
      <span className="flex items-center gap-1.5" role="status">
        <span className={`h-2 w-2 rounded-full ${live ? 'bg-ok' : 'bg-warn'}`} />
        {live ? 'Connected' : link?.name === 'lost' ? 'Worker lost' : 'Connecting'}
      </span>
      {live && (
        <>
          <span>
            Worker · <span className="num">{Math.round(live.latencyMs)} ms</span>
          </span>
          <span>
            Brain <b className="font-semibold text-text">{live.brain}</b>
          </span>
          <span>
            Voice <b className="font-semibold text-text">{live.voice}</b>
          </span>
        </>
      )}
      <span className="flex-1" />
      <button type="button" className="flex items-center gap-1.5" onClick={() => ui.setState({ help: true })}>
        <kbd className="kbd">?</kbd> Keys
      </button>
    </footer>
  );
}
