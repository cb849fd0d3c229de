import { Sheet } from '#renderer/components/sheet.tsx';
import type { PolicyDraft } from '#renderer/stores/policy-draft.ts';

const CHANGE_WORDS = {
  new: 'New',
  changed: 'Changed',
  gone: 'No longer there',
} as const;

export interface ForceSheetProps {
  readonly draft: PolicyDraft;
  readonly onClose: () => void;
  readonly onYes: () => void;
}

/** Asks once, and names what changes (POL72). */
export function ForceSheet({ draft: { name, changes, isWithdrawn }, onClose, onYes }: ForceSheetProps) {
  return (
    <Sheet label="Put in force" onClose={onClose}>
      <h2 className="mt-0 mb-2 text-[15px] font-semibold">
        {isWithdrawn ? `Take ${name} out of force?` : `Put ${name} in force?`}
      </h2>
      <p className="mt-0 mb-3 text-muted">
        {isWithdrawn
          ? 'Its clauses judge no call any more. Where one of this name comes with the software, that holds again.'
          : 'It judges every call of every worker from the next sentence on. Speech that has begun keeps its rules.'}
      </p>
      {!isWithdrawn && (
        <ul aria-label="What changes" className="m-0 mb-4 max-h-[300px] list-none overflow-y-auto p-0">
          {changes.map(change => (
            <li key={change.name} className="flex items-baseline gap-3 border-t border-line-2 py-1.5">
              <span className="num min-w-0 flex-1 truncate">{change.name}</span>
              <span
                className={`flex-none text-[12px] ${change.what === 'gone' ? 'text-veto' : 'text-muted'}`}
              >
                {CHANGE_WORDS[change.what]}
              </span>
            </li>
          ))}
          {changes.length === 0 && (
            <li className="text-muted">No clause changes; only how they are written or in which order.</li>
          )}
        </ul>
      )}
      <div className="flex justify-end gap-2">
        <button type="button" className="btn" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn btn-solid" data-first onClick={onYes}>
          {isWithdrawn ? 'Take out of force' : 'Put in force'}
        </button>
      </div>
    </Sheet>
  );
}
