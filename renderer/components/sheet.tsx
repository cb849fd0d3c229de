import { useEffect, useRef, useState, type ReactNode } from 'react';

export interface SheetProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A dialog over everything; Escape closes it and focus goes back to where it was. */
export function Sheet({ label, onClose, className = '', children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before anything in the dialog takes the focus for itself.
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    const element = dialog.current;
    // jsdom knows no modal dialogs.
    if (element && 'showModal' in element && !element.open) element.showModal();
    else element?.setAttribute('open', '');
    element?.querySelector<HTMLElement>('[data-first], input, button')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [before]);
  return (
    <dialog
      ref={dialog}
      className={`sheet ${className}`}
      aria-label={label}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape') onClose();
      }}
    >
      {children}
    </dialog>
  );
}
