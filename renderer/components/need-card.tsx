import {
  CircleHelp,
  Clock,
  CreditCard,
  Flame,
  Hand,
  Repeat,
  ShieldX,
  SignalMedium,
  TriangleAlert,
  Volume1,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { AttentionReason } from '#shared/domain/call.ts';
import { Avatar, type AvatarProps } from './avatar.tsx';
import { Sparkline, type SparkSpan } from './sparkline.tsx';

const ICON: Readonly<Record<AttentionReason, LucideIcon>> = {
  'long-silence': Volume1,
  'poor-line': SignalMedium,
  'outside-knowledge': CircleHelp,
  'interrupted-often': Repeat,
  'vetoed-often': ShieldX,
  frustrated: Flame,
  'promise-vetoed': ShieldX,
  'card-data-spoken': CreditCard,
  'asked-for-person': Hand,
  'answer-failed': TriangleAlert,
  'statement-missing': TriangleAlert,
  'going-in-circles': Repeat,
  'unsure-of-answer': CircleHelp,
  'long-call': Clock,
};
const BAD: readonly AttentionReason[] = [
  'promise-vetoed',
  'vetoed-often',
  'statement-missing',
  'answer-failed',
  'card-data-spoken',
];

export interface NeedCardProps {
  readonly callId: string;
  readonly name: string;
  readonly time: ReactNode;
  readonly reason: AttentionReason;
  readonly words: string;
  readonly lastWords: string;
  /** What matters more now than the last words. */
  readonly aside?: string;
  readonly people: readonly AvatarProps[];
  readonly spans: readonly SparkSpan[];
  readonly nowMs: number;
  readonly focused: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
}

/** A call that needs a person: who, why in words, what was said last. */
export function NeedCard(props: NeedCardProps) {
  const Icon = ICON[props.reason];
  const hue = BAD.includes(props.reason) ? 'var(--veto)' : 'var(--warn)';
  return (
    <button
      type="button"
      data-call={props.callId}
      aria-current={props.focused || undefined}
      className={`card flex h-[148px] min-w-0 flex-col px-4 pt-3 pb-3 text-left hover:bg-raised ${
        props.focused ? 'border-text shadow-[inset_0_0_0_1px_var(--text)]' : ''
      }`}
      onClick={props.onFocus}
      onDoubleClick={props.onOpen}
      onFocus={props.onFocus}
    >
      <span className="flex w-full items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-[14.5px] font-semibold">{props.name}</span>
        {props.people.map(person => (
          <Avatar key={person.name} {...person} />
        ))}
        <span className="num text-muted">{props.time}</span>
      </span>
      <span className="mt-2 flex items-center gap-2 font-medium" style={{ color: hue }}>
        <Icon size={14} strokeWidth={2} aria-hidden="true" />
        {props.words}
      </span>
      <span className="mt-2 line-clamp-2 min-h-0 flex-1 leading-[1.45] text-muted">
        {props.aside ?? (props.lastWords === '' ? 'Nothing said yet' : `“${props.lastWords}”`)}
      </span>
      <Sparkline spans={props.spans} nowMs={props.nowMs} />
    </button>
  );
}
