import { useId, useState } from 'react';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { Sheet } from './sheet.tsx';

export interface NumberSheetProps {
  /** Name of the dialog. */
  readonly label: string;
  readonly title: string;
  readonly says: string;
  /** Name of the field. */
  readonly field: string;
  /** What a phone's keyboard is made for; absent where letters are typed too. */
  readonly type?: 'tel';
  /** Name of the button that sends. */
  readonly action: string;
  readonly isBusy: boolean;
  /** @returns null for what cannot be called */
  readonly read: (typed: string) => string | null;
  /** Said of what cannot be called. */
  readonly notCallable: string;
  /** @returns why not; the sheet stays open then */
  readonly onSend: (target: string) => Promise<Pick<ErrorBody, 'message' | 'code'> | null>;
  readonly onClose: () => void;
}

interface Fault {
  readonly words: string;
  /** Error code of the worker; `null` for what was not even sent. */
  readonly code: string | null;
}

/** Asks for whom to call. What is no number is said at once and not sent; a refusal stays, with its code. */
export function NumberSheet(props: NumberSheetProps) {
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  const id = useId();
  const send = async (): Promise<void> => {
    const target = props.read(typed);
    if (target === null) {
      setFault({ words: props.notCallable, code: null });
      return;
    }
    setFault(null);
    const error = await props.onSend(target);
    if (error) setFault({ words: error.message, code: error.code });
  };
  return (
    <Sheet label={props.label} onClose={props.onClose} className="w-[420px] max-w-[90vw]">
      <form
        onSubmit={event => {
          event.preventDefault();
          if (!props.isBusy) void send();
        }}
      >
        <h2 className="mt-0 mb-1 text-[15px] font-semibold">{props.title}</h2>
        <p className="mt-0 mb-3 text-muted">{props.says}</p>
        <label htmlFor={id} className="mb-1 block">
          {props.field}
        </label>
        <input
          id={id}
          data-first
          type={props.type}
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
          <button type="button" className="btn" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" className="btn btn-solid" disabled={props.isBusy}>
            {props.action}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
