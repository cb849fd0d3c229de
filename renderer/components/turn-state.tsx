import {
  AudioLines,
  CircleCheck,
  CirclePause,
  Ear,
  Hand,
  LoaderCircle,
  PhoneForwarded,
  PhoneIncoming,
  UserRound,
  type LucideIcon,
} from 'lucide-react';

/** What is going on in a call, for a person: the turn state, or what overrules it. */
export type CallMood =
  | 'ringing'
  | 'listening'
  | 'caller'
  | 'thinking'
  | 'speaking'
  | 'interrupted'
  | 'held'
  | 'parked'
  | 'person'
  | 'ended';

const LOOK: Readonly<Record<CallMood, { icon: LucideIcon; hue: string }>> = {
  ringing: { icon: PhoneIncoming, hue: 'var(--ok)' },
  listening: { icon: Ear, hue: 'var(--muted)' },
  caller: { icon: AudioLines, hue: 'var(--caller)' },
  thinking: { icon: LoaderCircle, hue: 'var(--a)' },
  speaking: { icon: AudioLines, hue: 'var(--b)' },
  interrupted: { icon: Hand, hue: 'var(--warn)' },
  held: { icon: CirclePause, hue: 'var(--warn)' },
  parked: { icon: PhoneForwarded, hue: 'var(--warn)' },
  person: { icon: UserRound, hue: 'var(--human)' },
  ended: { icon: CircleCheck, hue: 'var(--muted)' },
};

export interface TurnStateProps {
  readonly mood: CallMood;
  readonly words: string;
}

/** In a row: icon in its hue, words in text colour. */
export function TurnState({ mood, words }: TurnStateProps) {
  const { icon: Icon, hue } = LOOK[mood];
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon size={14} strokeWidth={1.75} style={{ color: hue }} aria-hidden="true" className="flex-none" />
      <span className="truncate">{words}</span>
    </span>
  );
}

/** In a header: a pill in its hue. */
export function TurnPill({ mood, words }: TurnStateProps) {
  const { icon: Icon, hue } = LOOK[mood];
  return (
    <span className="pill pill-hue" style={{ color: hue }} role="status">
      <Icon size={13} strokeWidth={2} aria-hidden="true" />
      {words}
    </span>
  );
}
