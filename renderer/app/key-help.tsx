import { KeyList } from '#renderer/components/key-list.tsx';
import { Sheet } from '#renderer/components/sheet.tsx';
import { useConsole, useKeyRows, useUi } from '#renderer/stores/use-console.ts';

/** All keys, over whatever is open. */
export function KeyHelp() {
  const { ui } = useConsole();
  const open = useUi(state => state.sheet === 'keys');
  const rows = useKeyRows();
  if (!open) return null;
  const close = (): void => ui.setState({ sheet: 'none' });
  return (
    <Sheet label="Keys" onClose={close}>
      <div className="mb-4 flex items-center justify-between gap-8">
        <h2 className="m-0 text-[15px] font-semibold">Keys</h2>
        <button type="button" className="btn btn-small" onClick={close}>
          Close
        </button>
      </div>
      <div className="w-[620px] max-w-[80vw]">
        <KeyList rows={rows} />
      </div>
    </Sheet>
  );
}
