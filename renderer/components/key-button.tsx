import type { LucideIcon } from 'lucide-react';
import { Kbd } from './kbd.tsx';
import { ariaKey } from './key-sign.ts';

export interface KeyButtonProps {
  readonly label: string;
  /** A key of the key list; empty or absent for none. */
  readonly shortcut?: string;
  readonly icon?: LucideIcon;
  readonly className?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

/** A control with its name and its key. */
export function KeyButton(props: KeyButtonProps) {
  const { label, shortcut = '', icon: Icon, className = '', pressed, disabled = false, onPress } = props;
  return (
    <button
      type="button"
      className={`btn ${className}`}
      disabled={disabled}
      aria-pressed={pressed}
      aria-keyshortcuts={ariaKey(shortcut)}
      onClick={onPress}
    >
      {Icon && <Icon size={17} strokeWidth={1.75} aria-hidden="true" />}
      <span>{label}</span>
      <Kbd>{shortcut}</Kbd>
    </button>
  );
}
