import { useCallback } from 'react';
import { Transcript } from '#renderer/components/transcript.tsx';
import { useCall, useConsole, useDesk, useFloor } from '#renderer/stores/use-console.ts';
import { useSources } from './use-sources.ts';

export function CallTranscript() {
  const { ui } = useConsole();
  const timeline = useCall(state => state.timeline);
  const partial = useFloor(state =>
    timeline.callId === null ? '' : (state.partials[timeline.callId] ?? ''),
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
