import { GraduationCap, Reply, Scale, ThumbsUp, type LucideIcon } from 'lucide-react';
import { NOTE_FLAGS, type NoteFlag } from '#shared/domain/call-note.ts';

const FLAGS: Readonly<Record<NoteFlag, { readonly words: string; readonly Icon: LucideIcon }>> = {
  coach: { words: 'Coach', Icon: GraduationCap },
  praise: { words: 'Praise', Icon: ThumbsUp },
  compliance: { words: 'Compliance', Icon: Scale },
  'follow-up': { words: 'Follow-up', Icon: Reply },
};

export const flagWords = (flag: NoteFlag): string => FLAGS[flag].words;

/** A flag as it is read: icon and word, so that no colour is needed. */
export function FlagMark({ flag }: { readonly flag: NoteFlag }) {
  const { words, Icon } = FLAGS[flag];
  return (
    <span className="pill">
      <Icon size={12} aria-hidden="true" />
      {words}
    </span>
  );
}

export interface FlagPillsProps {
  readonly chosen: NoteFlag | null;
  readonly onChoose: (flag: NoteFlag | null) => void;
}

/** The four flags to choose from; the chosen one again takes it away. */
export function FlagPills({ chosen, onChoose }: FlagPillsProps) {
  return (
    <div role="group" aria-label="Flag" className="flex flex-wrap gap-1">
      {NOTE_FLAGS.map(flag => {
        const { words, Icon } = FLAGS[flag];
        return (
          <button
            key={flag}
            type="button"
            aria-pressed={flag === chosen}
            className={`btn btn-small gap-1 px-1.5 ${flag === chosen ? 'btn-on' : ''}`}
            onClick={() => onChoose(flag === chosen ? null : flag)}
          >
            <Icon size={12} aria-hidden="true" />
            {words}
          </button>
        );
      })}
    </div>
  );
}
