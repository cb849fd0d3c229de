import type { ReactNode } from 'react';
import { useConsole, useMedia } from '#renderer/stores/use-console.ts';

/** The way of a call's audio is cut, held back or gone: what that means, and what the person can do. */
export function AudioBanner() {
  const { media } = useConsole();
  const hearing = useMedia(state => state.hearing);
  const speaking = useMedia(state => state.speaking.name);
  return (
    <div role="status" aria-label="Audio">
      {speaking === 'reconnecting' && (
        <Band title="Your voice is reconnecting">
          The caller may not hear you{hearing.name === 'reconnecting' ? ', nor you them' : ''}. It is tried
          again by itself; after five tries you are off the line.
        </Band>
      )}
      {hearing.name === 'reconnecting' && speaking !== 'reconnecting' && (
        <Band title="The audio is reconnecting">
          You may miss what is said. It is tried again by itself; the transcript goes on.
        </Band>
      )}
      {hearing.name === 'blocked' && (
        <Band title="The browser holds the sound back">
          It plays nothing before you have used the page.
          <button type="button" className="btn" onClick={() => void media.allowSound()}>
            Play the call
          </button>
        </Band>
      )}
      {hearing.name === 'lost' && (
        <Band title="The audio is lost" code={hearing.error.code}>
          {hearing.error.message}
          <button type="button" className="btn" onClick={() => void media.reconnect()}>
            Reconnect
          </button>
        </Band>
      )}
    </div>
  );
}

interface BandProps {
  readonly title: string;
  readonly code?: string;
  readonly children: ReactNode;
}

function Band({ title, code, children }: BandProps) {
  return (
    <div className="m-0 flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn bg-raised px-5 py-2">
      <b className="font-semibold">{title}</b>
      {children}
      {code !== undefined && <small className="num text-[11px] text-muted">{code}</small>}
    </div>
  );
}
