export interface AvatarProps {
  readonly name: string;
  readonly me: boolean;
}

/** A person of ours, as initials. */
export function Avatar({ name, me }: AvatarProps) {
  const initials = name
    .split(/\s+/)
    .map(word => word.charAt(0))
    .slice(0, 2)
    .join('');
  return (
    <span className={`avatar ${me ? '' : 'avatar-other'}`} role="img" aria-label={name} title={name}>
      {initials}
    </span>
  );
}
