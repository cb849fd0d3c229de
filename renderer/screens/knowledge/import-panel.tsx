import { useStore } from 'zustand';
import { useConsole } from '#renderer/stores/use-console.ts';
import type { ImportRow } from '#renderer/stores/knowledge-files.ts';

/** How far each file is, what it became, or why it became nothing. Stays until it is put away. */
export function ImportPanel() {
  const { knowledge } = useConsole();
  const files = useStore(knowledge.files.rows, state => state.files);
  const through = files.filter(({ state }) => state.name === 'done' || state.name === 'failed').length;
  return (
    <div role="status" aria-label="Import">
      {files.length > 0 && (
        <div className="border-b border-line-2 px-4 py-3">
          <div className="mb-2 flex items-center gap-2">
            <b className="mr-auto font-semibold">
              {through < files.length
                ? `Importing ${through + 1} of ${files.length}`
                : `Imported ${files.filter(({ state }) => state.name === 'done').length} of ${files.length}`}
            </b>
            {through === files.length && (
              <button type="button" className="btn btn-small" onClick={() => knowledge.files.clear()}>
                Close
              </button>
            )}
          </div>
          <progress
            className="import-progress"
            aria-label="Files that are through"
            max={files.length}
            value={through}
          />
          <ul className="m-0 max-h-[180px] list-none overflow-y-auto p-0">
            {files.map(file => (
              <FileRow key={file.id} file={file} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function FileRow({ file: { name, state } }: { readonly file: ImportRow }) {
  const { knowledge } = useConsole();
  return (
    <li className="mt-1.5 text-[12.5px]">
      <div className="flex gap-2">
        <span className="min-w-0 truncate">{name}</span>
        <span className={`ml-auto flex-none ${state.name === 'failed' ? 'text-veto' : 'text-muted'}`}>
          {state.name === 'waiting' && 'Waits'}
          {state.name === 'reading' && 'Reading'}
          {state.name === 'failed' && 'Not imported'}
          {state.name === 'done' && (state.docs.length === 1 ? '1 draft' : `${state.docs.length} drafts`)}
        </span>
      </div>
      {state.name === 'failed' && (
        <div className="text-muted">
          {state.error.message} <small className="num text-[11px] text-faint">{state.error.code}</small>
        </div>
      )}
      {state.name === 'done' && state.docs[0] && (
        <button
          type="button"
          className="text-accent hover:underline"
          onClick={() => void knowledge.desk.open(state.docs[0]?.docId ?? '')}
        >
          Open “{state.docs[0].title}”
        </button>
      )}
    </li>
  );
}
