import { useCallback } from 'react';
import { Transcript } from '#renderer/components/transcript.tsx';
import type { ReleaseReason } from '#shared/domain/release-reasons.ts';
import { releasableChunk } from '#shared/projections/releasable.ts';
import { mayDo } from '#renderer/stores/rights.ts';
import {
  useCall,
  useConsole,
  useDesk,
  useFloor,
  useReplay,
  useShown,
  useUi,
} from '#renderer/stores/use-console.ts';
import { traceAt } from '#renderer/stores/word-trace.ts';
import { useSources } from './use-sources.ts';

export function CallTranscript() {
  const { ui, actions } = useConsole();
  const timeline = useShown(state => state.timeline);
  const isPast = useReplay(state => state.view !== null);
  const partial = useFloor(state =>
    isPast || timeline.callId === null ? '' : (state.partials[timeline.callId] ?? ''),
  );
  const heard = useFloor(state => (timeline.callId === null ? undefined : state.heard[timeline.callId]));
  const myName = useDesk(state => (state.name === 'ready' ? state.user.name : ''));
  const sources = useSources();
  const desk = useDesk(state => state);
  const canRelease = useCall(state => releasableChunk(state.timeline)?.chunkId ?? null);
  const pickFor = useUi(state => state.releasePick?.chunkId ?? null);
  const callId = useCall(state => state.callId);
  const onRelease = useCallback(() => {
    if (callId !== null) void actions.release(callId);
  }, [actions, callId]);
  const onReason = useCallback((reason: ReleaseReason) => void actions.explainRelease(reason), [actions]);
  const onSource = useCallback(() => ui.setState({ tab: 'sources', sideOpen: true }), [ui]);
  const onWord = useCallback((chunkId: string, offset: number) => traceAt(ui, chunkId, offset), [ui]);
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Transcript
        lines={timeline.lines}
        chunks={timeline.chunks}
        notes={timeline.notes}
        sources={sources}
        originMs={timeline.connectedAtMs ?? timeline.ringingAtMs ?? 0}
        partial={partial}
        heard={heard ?? null}
        myName={myName}
        releasableId={!isPast && mayDo(desk, 'release-chunk') ? canRelease : null}
        pickFor={pickFor}
        onRelease={onRelease}
        onReason={onReason}
        onSource={onSource}
        onWord={onWord}
      />
    </div>
  );
}
