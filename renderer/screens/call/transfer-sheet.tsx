import { useId, useState } from 'react';
import type { CallId } from '#shared/domain/ids.ts';
import { readTransferTarget } from '#shared/domain/transfer-target.ts';
import { Sheet } from '#renderer/components/sheet.tsx';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

interface Fault {
  readonly words: string;
  /** Error code of the worker; `null` for what was not even sent. */
  readonly code: string | null;
}

const NOT_DIALABLE =
  'This cannot be called. Type a number of at least three digits, or an address such as desk@example.org.';

/** Asks where the caller is to go. What becomes of it is told by the call itself. */
export function TransferSheet({ callId }: { readonly callId: CallId }) {
  const { actions, ui } = useConsole();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  const busy = useUi(state => state.pending.includes('transfer'));
  const id = useId();
  const close = (): void => ui.setState({ sheet: 'none' });
  const send = async (): Promise<void> => {
    const target = readTransferTarget(typed);
    if (target === null) {
      setFault({ words: NOT_DIALABLE, code: null });
      return;
    }
    setFault(null);
    const error = await actions.transfer(callId, target);
    if (error) setFault({ words: error.message, code: error.code });
    else close();
  };
  return (
    <Sheet label="Transfer the call" onClose={close} className="w-[420px] max-w-[90vw]">
      <form
        onSubmit={event => {
          event.preventDefault();
          if (!busy) void send();
        }}
      >
        <h2 className="mt-0 mb-1 text-[15px] font-semibold">Transfer this call</h2>
        <p className="mt-0 mb-3 text-muted">The caller goes on with us until somebody has answered.</p>
        <label htmlFor={id} className="mb-1 block">
          Phone number or SIP address
        </label>
        <input
          id={id}
          data-first
          className="field w-full"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : `${id}-fault`}
          onChange={event => {
            setTyped(event.target.value);
            setFault(null);
          }}
        />
        <div id={`${id}-fault`} role="alert" className="mt-1 min-h-[40px] text-[12.5px] text-veto">
          {fault?.words} {fault !== null && fault.code !== null && <code>{fault.code}</code>}
        </div>
        <div className="flex justify-end gap-2">
          <button type="button" className="btn" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="btn btn-solid" disabled={busy}>
            Transfer
          </button>
        </div>
      </form>
    </Sheet>
  );
}
