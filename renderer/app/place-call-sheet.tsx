import { useId, useState } from 'react';
import { readPhoneNumber } from '#shared/domain/transfer-target.ts';
import { Sheet } from '#renderer/components/sheet.tsx';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

interface Fault {
  readonly words: string;
  /** Error code of the worker; `null` for what was not even sent. */
  readonly code: string | null;
}

const NOT_A_NUMBER = 'This is no phone number. Type at least three digits, such as +49 30 123 45.';

/** Asks whom the AI is to call. */
export function PlaceCallSheet() {
  const open = useUi(state => state.sheet === 'place-call');
  return open ? <OpenSheet /> : null;
}

function OpenSheet() {
  const { actions, ui, newCallWish } = useConsole();
  const [wish] = useState(newCallWish);
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const close = (): void => ui.setState({ sheet: 'none' });
  const send = async (): Promise<void> => {
    const to = readPhoneNumber(typed);
    if (to === null) {
      setFault({ words: NOT_A_NUMBER, code: null });
      return;
    }
    setFault(null);
    setBusy(true);
    const answer = await wish.send(to);
    setBusy(false);
    if ('error' in answer) {
      setFault({ words: answer.error.message, code: answer.error.code });
      return;
    }
    // Put away meanwhile: the call is on the floor, and nobody is taken to it any more.
    if (ui.getState().sheet !== 'place-call') return;
    close();
    actions.openCall(answer.callId);
  };
  return (
    <Sheet label="Call a number" onClose={close} className="w-[420px] max-w-[90vw]">
      <form
        onSubmit={event => {
          event.preventDefault();
          if (!isBusy) void send();
        }}
      >
        <h2 className="mt-0 mb-1 text-[15px] font-semibold">Call a number</h2>
        <p className="mt-0 mb-3 text-muted">
          The AI speaks with whoever answers. You can listen, whisper and take over as on any call.
        </p>
        <label htmlFor={id} className="mb-1 block">
          Phone number
        </label>
        <input
          id={id}
          data-first
          type="tel"
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
          <button type="submit" className="btn btn-solid" disabled={isBusy}>
            Call
          </button>
        </div>
      </form>
    </Sheet>
  );
}
