/** How a scripted target takes a transfer. */
export type ScriptedTransfer = 'answers' | 'joins' | 'refuses' | 'stays-silent';

/** A target rings for so long before anything becomes of it. */
export const TRANSFER_RING_MS = 3000;
/** A colleague who joined stays for so long. */
export const COLLEAGUE_STAY_MS = 15_000;

/** By the SIP status in which a number ends: 200 joins the call, 486 is busy, 202 says nothing; any other takes the caller over. */
export function scriptedTransfer(target: string): ScriptedTransfer {
  if (target.endsWith('200')) return 'joins';
  if (target.endsWith('486')) return 'refuses';
  return target.endsWith('202') ? 'stays-silent' : 'answers';
}
