import { RELEASE_REASONS, RELEASE_REASON_WORDS, type ReleaseReason } from '#shared/domain/release-reasons.ts';

/** Why the sentence was released: one click or the digit of its place. Speech does not wait for it. */
export function ReleaseReasons({ onReason }: { readonly onReason: (reason: ReleaseReason) => void }) {
  return (
    <div role="group" aria-label="Why do you release it" className="mt-1.5 flex flex-wrap gap-1.5">
      {RELEASE_REASONS.map((reason, at) => (
        <button
          key={reason}
          type="button"
          className="btn btn-small"
          aria-keyshortcuts={String(at + 1)}
          onClick={() => onReason(reason)}
        >
          <kbd className="kbd">{at + 1}</kbd> {RELEASE_REASON_WORDS[reason]}
        </button>
      ))}
    </div>
  );
}
