import { Command } from 'cmdk';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Kbd } from '#renderer/components/kbd.tsx';
import { Sheet } from '#renderer/components/sheet.tsx';
import { matchPalette, paletteItems, type PaletteGroup, type PaletteItem } from '#renderer/stores/palette.ts';
import { sceneOf } from '#renderer/stores/palette-scene.ts';
import { useConsole, useKeyRows, useUi } from '#renderer/stores/use-console.ts';

const GROUPS: readonly PaletteGroup[] = ['This call', 'This article', 'Calls', 'Go to', 'Settings'];

export interface PaletteProps {
  /** Does what the chosen row says; runs when the palette is gone and focus is back. */
  readonly onDo: (item: PaletteItem) => void;
}

/** Everything that can be done now, by typing a few letters of it. */
export function Palette({ onDo }: PaletteProps) {
  const open = useUi(state => state.sheet === 'palette');
  return open ? <OpenPalette onDo={onDo} /> : null;
}

function OpenPalette({ onDo }: PaletteProps) {
  const console = useConsole();
  const rows = useKeyRows();
  const [query, setQuery] = useState('');
  // What was possible when it was opened: rows must not move under the finger that presses Enter.
  const [items] = useState(() => paletteItems(sceneOf(console, rows)));
  const found = matchPalette(items, query);
  const close = (): void => console.ui.setState({ sheet: 'none' });
  const choose = (item: PaletteItem): void => {
    flushSync(close);
    onDo(item);
  };
  return (
    <Sheet label="Do anything" className="palette" onClose={close}>
      <Command label="Do anything" shouldFilter={false} loop>
        <Command.Input
          data-first
          value={query}
          onValueChange={setQuery}
          placeholder="Type what you want to do, or whose call"
          className="h-12 w-full border-b border-line-2 bg-transparent px-4 text-[15px] outline-none placeholder:text-muted"
        />
        <Command.List
          label="What you can do"
          className="max-h-[min(420px,60vh)] overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[12px] [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-muted"
        >
          {found.length === 0 && (
            <div className="px-2.5 py-4 text-muted" role="presentation">
              Nothing you can do now is called that
            </div>
          )}
          {GROUPS.filter(group => found.some(item => item.group === group)).map(group => (
            <Command.Group key={group} heading={group}>
              {found
                .filter(item => item.group === group)
                .map(item => (
                  <Command.Item
                    key={item.id}
                    value={item.id}
                    className="palette-row flex h-9 items-center gap-3 rounded-[6px] px-2.5"
                    onSelect={() => choose(item)}
                  >
                    <span className="min-w-0 truncate">{item.words}</span>
                    <span className="min-w-0 flex-1 truncate text-muted">{item.aside}</span>
                    <Kbd>{item.key}</Kbd>
                  </Command.Item>
                ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
      <div role="status" className="sr-only">
        {found.length === 1 ? '1 row' : `${found.length} rows`}
      </div>
    </Sheet>
  );
}
