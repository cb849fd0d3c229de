import { lazy, Suspense, useMemo } from 'react';
import { useStore } from 'zustand';
import { Sheet } from '#renderer/components/sheet.tsx';
import type { PatchState } from '#renderer/stores/knowledge-patch.ts';
import { useConsole, useFloor } from '#renderer/stores/use-console.ts';

const CodeEditor = lazy(async () => ({ default: (await import('./editor/code-editor.tsx')).CodeEditor }));

/** One article in one running call: chosen from the editor, or corrected from the call (KNW22). */
export function PatchSheet() {
  const { knowledge } = useConsole();
  const patch = useStore(knowledge.patch.state, state => state.patch);
  return patch && <OpenPatch patch={patch} />;
}

function OpenPatch({ patch }: { readonly patch: PatchState }) {
  const { knowledge } = useConsole();
  const { patch: own } = knowledge;
  const close = (): void => own.close();
  const isReady = patch.callId !== null && patch.work === 'none' && patch.markdown.trim() !== '';
  return (
    <Sheet
      label={patch.isEditable ? 'Fix for this call' : 'Use in a running call'}
      onClose={close}
      className={patch.isEditable ? 'wide-sheet' : 'w-[440px] max-w-[94vw]'}
    >
      <h2 className="mt-0 mb-1 text-[15px] font-semibold">
        {patch.isEditable ? `Fix “${patch.title}” for this call` : 'Use this text in a running call'}
      </h2>
      <p className="mt-0 mb-3 text-muted">
        The AI answers from it in this call alone, from its next answer on and until the article is published.
      </p>
      {patch.isEditable ? <PatchText patch={patch} /> : <CallChoice patch={patch} />}
      {patch.error && (
        <p role="alert" className="mt-2 mb-0">
          {patch.error.message} <small className="num text-[11px] text-muted">{patch.error.code}</small>
        </p>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        {patch.isEditable && (
          <label className="mr-auto flex items-center gap-2">
            <input
              type="checkbox"
              checked={patch.alsoSave}
              onChange={event => own.change({ alsoSave: event.target.checked })}
            />
            Also save it as a draft, so that it can be published
          </label>
        )}
        <span className="flex-1" />
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
        <button type="button" className="btn btn-solid" disabled={!isReady} onClick={() => void own.send()}>
          {patch.work === 'sending' ? 'Sending' : 'Use in this call'}
        </button>
      </div>
    </Sheet>
  );
}

function CallChoice({ patch }: { readonly patch: PatchState }) {
  const { knowledge } = useConsole();
  const board = useFloor(state => state.board);
  const calls = useMemo(
    () => Object.values(board.calls).filter(({ phase }) => phase === 'connected'),
    [board],
  );
  if (calls.length === 0) return <p className="m-0">No call is running.</p>;
  return (
    <fieldset className="m-0 max-h-[300px] overflow-y-auto border-0 p-0">
      <legend className="sr-only">Which call</legend>
      {calls.map(({ callId, displayName, line }) => (
        <label key={callId} className="flex h-8 items-center gap-2">
          <input
            type="radio"
            name="patch-call"
            checked={patch.callId === callId}
            onChange={() => knowledge.patch.change({ callId })}
          />
          <span className="font-medium">{displayName}</span>
          <span className="text-muted">{line} line</span>
        </label>
      ))}
    </fieldset>
  );
}

function PatchText({ patch }: { readonly patch: PatchState }) {
  const { knowledge } = useConsole();
  if (patch.work === 'loading')
    return <div className="skeleton h-[220px]" role="status" aria-label="Loading the article" />;
  if (patch.title === '') return null;
  return (
    <div className="max-h-[46vh] min-h-[180px] overflow-y-auto rounded-[8px] border border-line p-4">
      <Suspense fallback={<div className="skeleton h-[180px]" />}>
        <CodeEditor
          label={`Text of ${patch.title} for this call`}
          text={patch.markdown}
          replaced={0}
          original={null}
          isReadOnly={false}
          onType={markdown => knowledge.patch.change({ markdown })}
          onLeave={() => knowledge.patch.close()}
        />
      </Suspense>
    </div>
  );
}
