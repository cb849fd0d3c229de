import { useCall } from '#renderer/stores/use-console.ts';
import { policyWords } from '#shared/projections/words.ts';

/** Says a veto that needs a person at once, and nothing else. There before it is needed; seen by nobody. */
export function VetoAlert() {
  const timeline = useCall(state => state.timeline);
  const open = timeline.attention.some(({ reason }) => reason === 'promise-vetoed');
  const last = timeline.lines.findLast(line => line.kind === 'veto');
  const policy = last?.kind === 'veto' ? timeline.chunks[last.chunkId]?.veto?.policy : undefined;
  return (
    <div role="alert" className="sr-only">
      {open && policy !== undefined && `A sentence was stopped: ${policyWords(policy)}. This call needs you.`}
    </div>
  );
}
