import { SideTabs } from '#renderer/components/side-column.tsx';
import type { SideTab } from '#renderer/stores/ui-store.ts';
import { useConsole, useShown, useUi } from '#renderer/stores/use-console.ts';
import { CallerTab, SourcesTab, ToolsTab, TurnTab, VerdictsTab } from './side-tabs.tsx';

const PANELS: Readonly<Record<SideTab, () => React.JSX.Element>> = {
  verdicts: VerdictsTab,
  sources: SourcesTab,
  tools: ToolsTab,
  caller: CallerTab,
  turn: TurnTab,
};

/** Why the AI says what it says. */
export function CallSide() {
  const { ui } = useConsole();
  const tab = useUi(state => state.tab);
  const toolCount = useShown(state => state.timeline.tools.length);
  const Panel = PANELS[tab];
  return (
    <>
      <SideTabs
        chosen={tab}
        onChoose={name => ui.setState({ tab: name })}
        tabs={[
          { name: 'verdicts', words: 'Verdicts' },
          { name: 'sources', words: 'Sources' },
          { name: 'tools', words: 'Tools', count: toolCount },
          { name: 'caller', words: 'Caller' },
          { name: 'turn', words: 'Turn' },
        ]}
      />
      <div
        id="side-panel"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto"
      >
        <Panel />
      </div>
    </>
  );
}
