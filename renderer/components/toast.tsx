export interface ToastProps {
  readonly text: string;
  readonly tone: 'plain' | 'bad';
  readonly code: string | null;
  readonly onUndo?: () => void;
  readonly onClose: () => void;
}

/** What just happened to this person's own action. The region is there before the words. */
export function ToastRegion({ toast }: { readonly toast: ToastProps | null }) {
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-[104px] z-20 flex justify-center px-4"
    >
      {toast && (
        <div
          className={`pointer-events-auto flex items-center gap-3 rounded-[8px] border px-4 py-2 shadow-lg ${
            toast.tone === 'bad' ? 'border-veto bg-raised' : 'border-line bg-raised'
          }`}
        >
          <span>
            {toast.text}
            {toast.code !== null && <small className="num ml-2 text-[11px] text-muted">{toast.code}</small>}
          </span>
          {toast.onUndo && (
            <button type="button" className="btn btn-small" onClick={toast.onUndo}>
              Undo
            </button>
          )}
          <button type="button" className="btn btn-small" onClick={toast.onClose}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
