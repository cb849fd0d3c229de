import type { TelephonyEvent } from '#shared/adapters/telephony-adapter.ts';
import type { UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError, toErrorBody } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { isOpen, stepTransfer, type AskedTransfer, type TransferInput } from './transfer-book.ts';

export interface CallTransferPorts {
  readonly append: (draft: CallEventDraft) => void;
  /** Who has the call; `null` while the AI has it. */
  readonly holder: () => UserId | null;
  /** Asks the line; rejects at once while there is none. */
  readonly transfer: (target: string) => Promise<'accepted' | 'uncertain'>;
  /** Silences the AI, and from now on it answers nothing. Synchronous. */
  readonly park: () => void;
  /** The colleague has the caller now, or no longer; synchronous. */
  readonly colleague: (hasCaller: boolean) => void;
  readonly unpark: (cause: UnparkCause) => void;
}

export type UnparkCause = Extract<TelephonyEvent, { type: 'call.unparked' }>['cause'];
export type ParkedWith = Extract<TelephonyEvent, { type: 'call.parked' }>['with'];

/** Sends one call's caller to somebody else, and keeps the AI silent while the line has the caller for it. */
export class CallTransfer {
  readonly #ports: CallTransferPorts;
  #asked: AskedTransfer | null = null;
  #parked = false;
  #over = false;

  constructor(ports: CallTransferPorts) {
    this.#ports = ports;
  }

  /** The line has the caller, and nothing of the AI is heard (SUP72). */
  get parked(): boolean {
    return this.#parked;
  }

  /** Asks for it and does not wait: what becomes of it is told as an event. Errors: `command.conflict`, `lease.held-by-other`. */
  ask(target: string, { userId, name: userName }: Actor): void {
    if (isOpen(this.#asked)) throw appError('command.conflict', 'A transfer is going on already.');
    if (this.#parked) throw appError('command.conflict', 'The caller is with a colleague already.');
    const holder = this.#ports.holder();
    if (holder !== null && holder !== userId)
      throw appError('lease.held-by-other', 'Somebody else has this call.');
    this.#step({ type: 'asked', target, userId, userName });
    this.#ports.transfer(target).then(
      outcome => this.#step({ type: 'answered', outcome }),
      (error: unknown) => this.#step({ type: 'rejected', code: toErrorBody(error, 'worker').code }),
    );
  }

  lineTold(told: Omit<Extract<TransferInput, { type: 'line-told' }>, 'type'>): void {
    this.#step({ type: 'line-told', target: told.target, outcome: told.outcome });
  }

  park(who: ParkedWith, target: string): void {
    if (this.#over) return;
    const wasParked = this.#parked;
    this.#parked = true;
    // Silence first, the books after it.
    if (!wasParked) this.#ports.park();
    this.#ports.append({ type: 'call.parked', with: who, target });
    if (who === 'colleague') this.#ports.colleague(true);
  }

  unpark(cause: UnparkCause): void {
    if (!this.#parked || this.#over) return;
    this.#parked = false;
    this.#ports.append({ type: 'call.unparked', cause });
    this.#ports.colleague(false);
    this.#ports.unpark(cause);
  }

  /** The call is about to end. */
  end(transferred: boolean): void {
    this.#step({ type: 'call-ending', transferred });
    if (!this.#over) this.#ports.colleague(false);
    this.#over = true;
  }

  #step(input: TransferInput): void {
    if (this.#over) return;
    const [next, draft] = stepTransfer(this.#asked, input);
    this.#asked = next;
    if (draft) this.#ports.append(draft);
  }
}
