import { SideTabs } from '#renderer/components/side-column.tsx';
import type { SideTab } from '#renderer/stores/ui-store.ts';
import {
  useArchive,
  useCall,
  useConsole,
  useLadder,
  useNotes,
  useShown,
  useUi,
} from '#renderer/stores/use-console.ts';
import { NotesTab } from './notes-tab.tsx';
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
  notes: NotesTab,
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
  // A capsule is a call of somebody else: what is written on it would be on none of ours.
  const isCapsule = useArchive(state => state.capsule?.callId === callId);
  const isGone = (chosen === 'word' && !hasWord) || (chosen === 'notes' && isCapsule);
  const shown = isGone ? first : chosen;
  const tab = shown === 'suggestions' || shown === 'verdicts' ? first : shown;
  const noteCount = useNotes(state => state.notes.length);
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
          ...(isCapsule ? [] : [{ name: 'notes', words: 'Notes', count: noteCount } as const]),
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
