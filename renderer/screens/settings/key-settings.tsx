import { RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import { Kbd } from '#renderer/components/kbd.tsx';
import { keySign } from '#renderer/components/key-sign.ts';
import { keymapOf, ownKeyOf, rebind, whyNot, type KeyRefusal } from '#renderer/stores/custom-keys.ts';
import { keyName, type KeyAction, type KeyRow } from '#renderer/stores/keymap.ts';
import { useKeyRows } from '#renderer/stores/use-console.ts';
import type { Settings } from '#shared/ipc/commands.ts';

export interface KeySettingsProps {
  readonly onSave: (change: Partial<Settings>) => void;
}

interface Refused {
  readonly action: KeyAction;
  readonly words: string;
}

/** Every row of the key list, with another key for whoever wants one. */
export function KeySettings({ onSave }: KeySettingsProps) {
  const rows = useKeyRows();
  const [waitingFor, setWaitingFor] = useState<KeyAction | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const isChanged = rows.some(row => row.keys[0] !== ownKeyOf(row.action));

  const give = (action: KeyAction, name: string | null): void => {
    setWaitingFor(null);
    const wanted = name ?? ownKeyOf(action);
    const refusal = wanted === '' ? null : whyNot(rows, action, wanted);
    setRefused(refusal && { action, words: refusalWords(refusal, wanted) });
    if (!refusal) onSave({ keymap: { ...rebind(keymapOf(rows), action, name) } });
  };

  return (
    <>
      <ul aria-label="Keys" className="m-0 list-none p-0">
        {rows.map(row => (
          <li key={row.action} className="border-b border-line-2 last:border-b-0">
            <div className="flex min-h-9 items-center gap-2 py-1">
              <span className="min-w-0 flex-1">{row.words}</span>
              <KeyField
                row={row}
                waiting={waitingFor === row.action}
                onWait={() => {
                  setRefused(null);
                  setWaitingFor(row.action);
                }}
                onLeave={() => setWaitingFor(null)}
                onKey={name => give(row.action, name)}
              />
              <RowButtons row={row} onGive={name => give(row.action, name)} />
            </div>
            {refused?.action === row.action && (
              <p className="m-0 pb-2 text-right text-[12.5px] text-warn">{refused.words}</p>
            )}
          </li>
        ))}
      </ul>
      <div role="status" className="sr-only">
        {waitingFor !== null && 'Press the new key. Escape leaves it as it is.'}
        {refused?.words}
      </div>
      {isChanged && (
        <button type="button" className="btn mt-3" onClick={() => onSave({ keymap: {} })}>
          Give all keys back
        </button>
      )}
    </>
  );
}

interface KeyFieldProps {
  readonly row: KeyRow;
  readonly waiting: boolean;
  readonly onWait: () => void;
  readonly onLeave: () => void;
  readonly onKey: (name: string) => void;
}

/** Shows the key; pressed once, it takes the next key as the new one. */
function KeyField({ row, waiting, onWait, onLeave, onKey }: KeyFieldProps) {
  const key = row.keys[0] ?? '';
  return (
    <button
      type="button"
      aria-label={`${row.words}: ${key === '' ? 'no key' : keySign(key)}. Change the key`}
      aria-pressed={waiting}
      className={`btn btn-small min-w-[104px] ${waiting ? 'border-accent' : ''}`}
      onClick={onWait}
      onBlur={() => {
        if (waiting) onLeave();
      }}
      onKeyDown={event => {
        if (!waiting || event.key === 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') return onLeave();
        if (MODIFIERS.includes(event.key)) return;
        const digit = /^Digit(\d)$/u.exec(event.code)?.[1];
        onKey(
          keyName({
            key: event.altKey && digit !== undefined ? digit : event.key,
            ctrl: event.ctrlKey || event.metaKey,
            alt: event.altKey,
          }),
        );
      }}
    >
      {waiting ? 'Press a key' : key === '' ? <span className="text-muted">No key</span> : <Kbd>{key}</Kbd>}
    </button>
  );
}

const MODIFIERS: readonly string[] = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock'];

function RowButtons({
  row,
  onGive,
}: {
  readonly row: KeyRow;
  readonly onGive: (name: string | null) => void;
}) {
  const own = ownKeyOf(row.action);
  const key = row.keys[0] ?? '';
  return (
    <span className="flex w-[56px] flex-none justify-end gap-0.5">
      {key !== own && (
        <button
          type="button"
          className="icon-button"
          aria-label={`${row.words}: give ${keySign(own)} back`}
          title={`Give ${keySign(own)} back`}
          onClick={() => onGive(null)}
        >
          <RotateCcw size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
      {key !== '' && (
        <button
          type="button"
          className="icon-button"
          aria-label={`${row.words}: take the key away`}
          title="Take the key away"
          onClick={() => onGive('')}
        >
          <X size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
    </span>
  );
}

function refusalWords(refusal: KeyRefusal, name: string): string {
  switch (refusal.name) {
    case 'conflict':
      return `${keySign(name)} is the key for “${refusal.with.words}”. Nothing has changed.`;
    case 'taken-by-system':
      return `${keySign(name)} belongs to the browser or the system. Nothing has changed.`;
    case 'not-a-key':
      return 'That key cannot be chosen. Nothing has changed.';
  }
}
