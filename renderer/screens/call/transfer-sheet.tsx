import type { CallId } from '#shared/domain/ids.ts';
import { readTransferTarget } from '#shared/domain/transfer-target.ts';
import { NumberSheet } from '#renderer/components/number-sheet.tsx';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

/** Asks where the caller is to go. What becomes of it is told by the call itself. */
export function TransferSheet({ callId }: { readonly callId: CallId }) {
  const { actions, ui } = useConsole();
  const isBusy = useUi(state => state.pending.includes('transfer'));
  const close = (): void => ui.setState({ sheet: 'none' });
  return (
    <NumberSheet
      label="Transfer the call"
      title="Transfer this call"
      says="The caller goes on with us until somebody has answered."
      field="Phone number or SIP address"
      action="Transfer"
      isBusy={isBusy}
      read={readTransferTarget}
      notCallable="This cannot be called. Type a number of at least three digits, or an address such as desk@example.org."
      onSend={async target => {
        const error = await actions.transfer(callId, target);
        if (!error) close();
        return error;
      }}
      onClose={close}
    />
  );
}
