import type { TransferBriefing } from '#shared/adapters/telephony-adapter.ts';
import { isPhoneNumber } from '#shared/domain/transfer-target.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { TransferWays } from '#shared/config/sip-config.ts';
import type { RoomCall } from './room-call.ts';
import type { TransferOutcome } from './room-call-machine.ts';

/** How a call gets to somebody else. Rejects with `telephony.transfer-refused`; the call then goes on. */
export type TransferStrategy = (
  call: RoomCall,
  target: string,
  briefing: TransferBriefing | null,
) => Promise<Exclude<TransferOutcome, 'refused'>>;

export const transferRefused = (): Error =>
  appError('telephony.transfer-refused', 'The target did not answer.');

/** Cold: the phone is asked to call the target itself, and leaves us. Not recorded, not overseen any more. */
export const referTransfer: TransferStrategy = async (call, target) => {
  if (!call.isPhone)
    throw appError('telephony.transfer-refused', 'A caller in a browser cannot be transferred to a phone.');
  const outcome = await call.refer(isPhoneNumber(target) ? `tel:${target}` : target);
  if (outcome === 'refused') throw transferRefused();
  return outcome;
};

/** The way that the SIP file names for a number (SIP28). */
export const transferByTarget =
  (
    ways: Pick<TransferWays, 'way' | 'targets'>,
    by: Readonly<Record<TransferWays['way'], TransferStrategy>>,
  ): TransferStrategy =>
  (call, target, briefing) => {
    const way = ways.targets.find(({ number }) => number === target)?.way ?? ways.way;
    // With nothing to tell them they are brought to the caller as without a briefing.
    return by[briefing === null ? 'dial-in' : way](call, target, briefing);
  };
