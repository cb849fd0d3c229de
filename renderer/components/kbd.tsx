import { keySign } from './key-sign.ts';

/** A key of the key list, as it stands on its control; nothing for none. Read by nobody aloud: the control carries `aria-keyshortcuts`. */
export function Kbd({
  children,
  className = '',
}: {
  readonly children: string;
  readonly className?: string;
}) {
  if (children === '') return null;
  return (
    <kbd className={`kbd ${className}`} aria-hidden="true">
      {keySign(children)}
    </kbd>
  );
}
