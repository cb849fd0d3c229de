import { KeyList } from '#renderer/components/key-list.tsx';
import { Sheet } from '#renderer/components/sheet.tsx';
import { KEY_ROWS } from '#renderer/stores/keymap.ts';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

/** All keys, over whatever is open. */
export function KeyHelp() {
  const { ui } = useConsole();
  const open = useUi(state => state.help);
  if (!open) return null;
  const close = (): void => ui.setState({ help: false });
  return (
    <Sheet label="Keys" onClose={close}>
      <div className="mb-4 flex items-center justify-between gap-8">
        <h2 className="m-0 text-[15px] font-semibold">Keys</h2>
        <button type="button" className="btn btn-small" onClick={close}>
          Close
        </button>
      </div>
      <div className="w-[620px] max-w-[80vw]">
        <KeyList rows={KEY_ROWS} />
      </div>
    </Sheet>
  );
}
