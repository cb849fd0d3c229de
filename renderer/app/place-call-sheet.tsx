import { useState } from 'react';
import { readPhoneNumber } from '#shared/domain/transfer-target.ts';
import { NumberSheet } from '#renderer/components/number-sheet.tsx';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

/** Asks whom the AI is to call. */
export function PlaceCallSheet() {
  const open = useUi(state => state.sheet === 'place-call');
  return open ? <OpenSheet /> : null;
}

function OpenSheet() {
  const { actions, ui, newCallWish } = useConsole();
  const [wish] = useState(newCallWish);
  const [isBusy, setBusy] = useState(false);
  const close = (): void => ui.setState({ sheet: 'none' });
  return (
    <NumberSheet
      label="Call a number"
      title="Call a number"
      says="The AI speaks with whoever answers. You can listen, whisper and take over as on any call."
      field="Phone number"
      type="tel"
      action="Call"
      isBusy={isBusy}
      read={readPhoneNumber}
      notCallable="This is no phone number. Type at least three digits, such as +49 30 123 45."
      onSend={async to => {
        setBusy(true);
        const answer = await wish.send(to);
        setBusy(false);
        if ('error' in answer) return answer.error;
        // Put away meanwhile: the call is on the floor, and nobody is taken to it any more.
        if (ui.getState().sheet !== 'place-call') return null;
        close();
        actions.openCall(answer.callId);
        return null;
      }}
      onClose={close}
    />
  );
}
