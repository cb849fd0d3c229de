import { useState, type ReactNode } from 'react';
import type { LinkState } from '#shared/ipc/commands.ts';
import { useConsole, useDesk, useNow } from '#renderer/stores/use-console.ts';
import { clockWords } from '#shared/projections/words.ts';

/** The worker is gone or cannot do its work: what is on the screen stays, and this says why and since when. */
export function LinkBanner() {
  const link = useDesk(state => (state.name === 'ready' ? state.link : null));
  return (
    <div role="status">
      {link?.name === 'lost' && <Lost link={link} />}
      {link?.name === 'live' && link.problem && (
        <Band
          title={link.problem.code.startsWith('storage.') ? 'Nothing is recorded' : 'Not everything is shown'}
          code={link.problem.code}
        >
          {link.problem.message}
        </Band>
      )}
    </div>
  );
}

function Lost({ link }: { readonly link: Extract<LinkState, { name: 'lost' }> }) {
  const { clock } = useConsole();
  // From the first look on the steady clock counts: the system's may be set meanwhile.
  const [seen] = useState(() => ({ mono: clock.mono(), lostMs: Math.max(0, clock.now() - link.sinceMs) }));
  useNow(1_000);
  return (
    <Band title="Worker lost" code={link.code}>
      Nothing here has changed for{' '}
      <span className="num">{clockWords(seen.lostMs + clock.mono() - seen.mono)}</span>.{' '}
      {link.code === 'link.closed' ? '' : `${link.message} `}
      Trying again by itself.
    </Band>
  );
}

interface BandProps {
  readonly title: string;
  readonly code: string;
  readonly children: ReactNode;
}

function Band({ title, code, children }: BandProps) {
  return (
    <p className="m-0 flex flex-wrap items-baseline gap-x-3 border-b border-warn bg-raised px-5 py-2">
      <b className="font-semibold">{title}</b>
      <span>{children}</span>
      <small className="num text-[11px] text-muted">{code}</small>
    </p>
  );
}
