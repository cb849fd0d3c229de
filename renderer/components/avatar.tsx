export interface AvatarProps {
  readonly name: string;
  readonly me: boolean;
  readonly large?: boolean;
}

/** A person of ours, as initials. */
export function Avatar({ name, me, large = false }: AvatarProps) {
  const initials = name
    .split(/\s+/)
    .map(word => word.charAt(0))
    .slice(0, 2)
    .join('');
  return (
    <span
      className={`avatar ${me ? '' : 'avatar-other'} ${large ? 'avatar-large' : ''}`}
      role="img"
      aria-label={name}
      title={name}
    >
      {initials}
    </span>
  );
}
