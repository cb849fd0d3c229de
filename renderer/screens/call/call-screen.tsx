import { CallSkeleton, Trouble } from '#renderer/components/states.tsx';
import { useCall, useConsole, useLadder, useReplay, useUi } from '#renderer/stores/use-console.ts';
import { CapsuleBanner } from '#renderer/screens/capsule-parts.tsx';
import { CallDock } from './call-dock.tsx';
import { CallHeader } from './call-header.tsx';
import { CallLanes } from './call-lanes.tsx';
import { CallReplay } from './call-replay.tsx';
import { CallSide } from './call-side.tsx';
import { CallStrip } from './call-strip.tsx';
import { CallTranscript } from './call-transcript.tsx';
import { LiveBand } from './live-band.tsx';

/** One call: what happened, what comes next, what can be done. */
export function CallScreen() {
  const { call } = useConsole();
  const status = useCall(state => state.status);
  const callId = useCall(state => state.callId);
  const sideOpen = useUi(state => state.sideOpen);
  const isOver = useCall(state => state.timeline.endedAtMs !== null);
  const isPast = useReplay(state => state.atMs !== null);
  const mine = useLadder(state => state.callId === callId && (state.mic === 'live' || state.mic === 'barge'));
  if (callId === null) return null;
  return (
    <main className="call flex min-h-0 min-w-0 flex-1 flex-col" data-on-line={mine || undefined}>
      <CallHeader />
      <CapsuleBanner />
      {status.name === 'loading' && <CallSkeleton />}
      {status.name === 'failed' && (
        <Trouble title="This call cannot be read" words={status.error.message} code={status.error.code}>
          <button type="button" className="btn mt-2" onClick={() => void call.catchUp()}>
            Try again
          </button>
        </Trouble>
      )}
      {status.name === 'ready' && (
        <>
          <CallLanes />
          {(isOver || isPast) && <CallReplay />}
          {mine ? <LiveBand /> : !isOver && <CallStrip />}
          <div className="call-body flex min-h-0 flex-1">
            <CallTranscript />
            <aside
              aria-label="About this call"
              className={`side w-[396px] flex-none flex-col border-l border-line-2 bg-panel ${sideOpen ? 'side-open' : ''}`}
            >
              <CallSide />
            </aside>
          </div>
          <CallDock />
        </>
      )}
    </main>
  );
}
