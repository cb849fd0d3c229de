import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { appError, type AppError } from '#shared/errors/app-error.ts';
import { COLLEAGUE_STAY_MS, scriptedTransfer, TRANSFER_RING_MS } from './transfer-script.ts';

export interface StubTransferPorts {
  readonly clock: Clock;
  readonly tell: (event: TelephonyEvent) => void;
  /** The target has the caller, and the call is over for us. */
  readonly onTaken: () => void;
  /** The colleague has left. */
  readonly onOver: () => void;
}

/** One transfer of one scripted call, from ringing until nothing of it is left. */
export interface StubTransfer {
  readonly answered: Promise<'accepted' | 'uncertain'>;
  /** The call has ended: what is open is told as refused, and nothing comes after it. */
  stop(): void;
}

export const transferRefused = (): AppError =>
  appError('telephony.transfer-refused', 'The target did not answer.');

/** Rings, and then does what the number says (TEL28). */
export function startStubTransfer(
  callId: CallId,
  target: string,
  { clock, tell, onTaken, onOver }: StubTransferPorts,
): StubTransfer {
  const script = scriptedTransfer(target);
  const answer = Promise.withResolvers<'accepted' | 'uncertain'>();
  let cancel: Cancel = () => undefined;
  let open = true;
  const outcome = (what: 'accepted' | 'refused' | 'uncertain'): void => {
    open = false;
    tell({ type: 'call.transfer-requested', callId, target, outcome: what });
    if (what === 'refused') answer.reject(transferRefused());
    else answer.resolve(what);
  };
  const colleagueLeaves = (): void => {
    tell({ type: 'call.unparked', callId, cause: 'colleague-left' });
    onOver();
  };
  const settle = (): void => {
    if (script === 'joins') {
      outcome('accepted');
      tell({ type: 'call.parked', callId, with: 'colleague', target });
      cancel = clock.after(COLLEAGUE_STAY_MS, colleagueLeaves);
      return;
    }
    outcome(script === 'answers' ? 'accepted' : script === 'refuses' ? 'refused' : 'uncertain');
    onOver();
    if (script === 'answers') onTaken();
  };
  tell({ type: 'call.transfer-requested', callId, target, outcome: null });
  if (script === 'joins') tell({ type: 'call.parked', callId, with: 'hold', target });
  cancel = clock.after(TRANSFER_RING_MS, settle);
  return {
    answered: answer.promise,
    stop: () => {
      cancel();
      if (open) outcome('refused');
    },
  };
}
