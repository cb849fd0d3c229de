import { useCallback } from 'react';
import { Transcript } from '#renderer/components/transcript.tsx';
import { useConsole, useDesk, useFloor, useReplay, useShown } from '#renderer/stores/use-console.ts';
import { useSources } from './use-sources.ts';

export function CallTranscript() {
  const { ui } = useConsole();
  const timeline = useShown(state => state.timeline);
  const isPast = useReplay(state => state.view !== null);
  const partial = useFloor(state =>
    isPast || timeline.callId === null ? '' : (state.partials[timeline.callId] ?? ''),
  );
  const heardChars = useFloor(state => state.heardChars);
  const myName = useDesk(state => (state.name === 'ready' ? state.user.name : ''));
  const sources = useSources();
  const onSource = useCallback(() => ui.setState({ tab: 'sources', sideOpen: true }), [ui]);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Transcript
        lines={timeline.lines}
        chunks={timeline.chunks}
        notes={timeline.notes}
        sources={sources}
        originMs={timeline.connectedAtMs ?? timeline.ringingAtMs ?? 0}
        partial={partial}
        heardChars={heardChars}
        myName={myName}
        onSource={onSource}
      />
    </div>
  );
}
