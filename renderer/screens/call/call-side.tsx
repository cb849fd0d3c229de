import { SideTabs } from '#renderer/components/side-column.tsx';
import type { SideTab } from '#renderer/stores/ui-store.ts';
import { useCall, useConsole, useLadder, useShown, useUi } from '#renderer/stores/use-console.ts';
import { SuggestionsTab } from './suggestions-tab.tsx';
import { WordTab } from './word-tab.tsx';
import { CallerTab, SourcesTab, ToolsTab, TurnTab, VerdictsTab } from './side-tabs.tsx';

const PANELS: Readonly<Record<SideTab, () => React.JSX.Element>> = {
  suggestions: SuggestionsTab,
  verdicts: VerdictsTab,
  sources: SourcesTab,
  tools: ToolsTab,
  caller: CallerTab,
  turn: TurnTab,
  word: WordTab,
};

/** Why the AI says what it says. */
export function CallSide() {
  const { ui } = useConsole();
  const chosen = useUi(state => state.tab);
  const callId = useCall(state => state.callId);
  const mine = useLadder(state => state.callId === callId && state.mic === 'live');
  // Who is on the line reads what the AI would say where the verdicts were; both mean "why".
  const first = mine ? 'suggestions' : 'verdicts';
  const hasWord = useUi(state => state.trace !== null);
  const shown = chosen === 'word' && !hasWord ? first : chosen;
  const tab = shown === 'suggestions' || shown === 'verdicts' ? first : shown;
  const toolCount = useShown(state => state.timeline.tools.length);
  const Panel = PANELS[tab];
  return (
    <>
      <SideTabs
        chosen={tab}
        onChoose={name => ui.setState({ tab: name })}
        tabs={[
          mine ? { name: 'suggestions', words: 'Suggestions' } : { name: 'verdicts', words: 'Verdicts' },
          { name: 'sources', words: 'Sources' },
          { name: 'tools', words: 'Tools', count: toolCount },
          { name: 'caller', words: 'Caller' },
          { name: 'turn', words: 'Turn' },
          ...(hasWord ? [{ name: 'word', words: 'Word' } as const] : []),
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
