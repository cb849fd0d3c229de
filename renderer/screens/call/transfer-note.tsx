import { useState } from 'react';
import type { CallTimeline } from '#shared/projections/call-timeline.ts';
import { useCall } from '#renderer/stores/use-console.ts';

/** Whom the transfer rings, where the caller is, and what became of it; nothing once that is over. */
export function TransferNote() {
  const transfer = useCall(state => state.timeline.transfer);
  const parked = useCall(state => state.timeline.parked);
  const [read, setRead] = useState<CallTimeline['transfer']>(null);
  const words = transferWords(transfer, parked);
  const isOver = parked === null && transfer !== null && transfer.outcome !== null;
  const shown = words !== null && !(isOver && read === transfer);
  // The region is there before it is needed, or nothing would be read aloud.
  return (
    <div
      role="status"
      aria-label="Transfer"
      className={shown ? 'flex basis-full items-center gap-3' : 'sr-only'}
    >
      {shown && (
        <>
          <span>
            {words}
            {transfer?.outcome === 'refused' && transfer.code !== null && (
              <code className="ml-2 text-[12.5px] text-muted">{transfer.code}</code>
            )}
          </span>
          {isOver && (
            <button type="button" className="btn btn-small" onClick={() => setRead(transfer)}>
              Dismiss
            </button>
          )}
        </>
      )}
    </div>
  );
}

function transferWords(transfer: CallTimeline['transfer'], parked: CallTimeline['parked']): string | null {
  if (parked?.with === 'colleague')
    return `The caller is with ${parked.target}. The AI is silent until they have left`;
  if (parked?.with === 'briefing')
    return `${parked.target} has picked up and is told of the call. The caller is on hold`;
  if (transfer === null) return null;
  const { target, outcome } = transfer;
  if (outcome === null)
    return parked ? `Calling ${target}. The caller is on hold` : `Calling ${target}. The caller hears us`;
  if (outcome === 'refused') return `${target} was not reached. The call goes on`;
  return outcome === 'uncertain' ? `Nobody can say whether ${target} has answered. Ask the caller` : null;
}
