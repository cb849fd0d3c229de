import { useEffect } from 'react';
import { FiguresSkeleton, Trouble } from '#renderer/components/states.tsx';
import { FIGURE_WINDOWS } from '#renderer/stores/figures-store.ts';
import { useConsole, useDesk, useFigures } from '#renderer/stores/use-console.ts';
import type { WindowFigures } from '#shared/domain/call-figures.ts';
import { OutcomeBars } from './outcome-bars.tsx';
import { FigureTables } from './figure-tables.tsx';

const READ_EVERY_MS = 15_000;

/** How well calls went, read from the worker. */
export function FiguresScreen() {
  const { figures: store, clock } = useConsole();
  const { window, status, figures } = useFigures(state => state);
  const isLive = useDesk(state => state.name === 'ready' && state.link.name === 'live');
  useEffect(() => {
    void store.read();
    return clock.every(READ_EVERY_MS, () => void store.read());
  }, [store, clock, isLive]);
  return (
    <main className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex min-h-[60px] flex-none flex-wrap items-center gap-4 border-b border-line-2 px-5 py-2">
        <h1 className="m-0 text-[16px] font-semibold">Figures</h1>
        <div role="group" aria-label="Which time" className="flex flex-wrap gap-1.5">
          {FIGURE_WINDOWS.map(({ name, words }) => (
            <button
              key={name}
              type="button"
              aria-pressed={window === name}
              className={`btn btn-small ${window === name ? 'btn-on' : ''}`}
              onClick={() => void store.choose(name)}
            >
              {words}
            </button>
          ))}
        </div>
        {figures && (
          <span className="num ml-auto text-muted">
            {figures.calls === 1 ? '1 call' : `${figures.calls} calls`}
          </span>
        )}
      </header>
      {status.name === 'failed' && figures && (
        <p role="alert" className="m-0 border-b border-line-2 bg-panel px-5 py-2 text-muted">
          {status.error.message} What you see was read before.
          <small className="num ml-2 text-[11px] text-faint">{status.error.code}</small>
        </p>
      )}
      {status.name === 'failed' && !figures && (
        <Trouble title="The figures cannot be read" words={status.error.message} code={status.error.code}>
          <button type="button" className="btn mt-2" onClick={() => void store.read()}>
            Try again
          </button>
        </Trouble>
      )}
      {status.name === 'loading' && <FiguresSkeleton />}
      {figures && <Counted figures={figures} />}
    </main>
  );
}

function Counted({ figures }: { readonly figures: WindowFigures }) {
  if (figures.calls === 0)
    return (
      <Trouble
        title="Nothing to count yet"
        words="A call is counted when it has ended. Running calls stand on the floor."
      />
    );
  return (
    <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-5 py-5">
      <div className="flex max-w-[1080px] flex-col gap-8">
        <OutcomeBars figures={figures} />
        <FigureTables figures={figures} />
      </div>
    </div>
  );
}
