import { BookOpen, ChartColumn, History, LayoutGrid, Settings, type LucideIcon } from 'lucide-react';
import { useConsole, useDesk, useKnowledgeBadge, useUi } from '#renderer/stores/use-console.ts';
import { Avatar } from '#renderer/components/avatar.tsx';

/** Ways between the screens. Only screens that exist. */
export function Rail() {
  const { actions } = useConsole();
  const screen = useUi(state => state.screen);
  const openedFrom = useUi(state => state.openedFrom);
  const waiting = useKnowledgeBadge();
  const name = useDesk(state => (state.name === 'ready' ? state.user.name : ''));
  return (
    <nav
      aria-label="Screens"
      className="flex w-14 flex-none flex-col items-center gap-2 border-r border-line-2 bg-panel py-2 max-[700px]:h-14 max-[700px]:w-full max-[700px]:flex-row max-[700px]:border-t max-[700px]:border-r-0 max-[700px]:px-3"
    >
      <Logo />
      <RailButton
        words="Floor"
        icon={LayoutGrid}
        chosen={screen === 'floor' || (screen === 'call' && openedFrom === 'floor')}
        onPress={() => actions.goTo('floor')}
      />
      <RailButton
        words="Knowledge"
        icon={BookOpen}
        chosen={screen === 'knowledge'}
        badge={waiting}
        onPress={() => actions.goTo('knowledge')}
      />
      <RailButton
        words="History"
        icon={History}
        chosen={screen === 'history' || (screen === 'call' && openedFrom === 'history')}
        onPress={() => actions.goTo('history')}
      />
      <RailButton
        words="Figures"
        icon={ChartColumn}
        chosen={screen === 'figures'}
        onPress={() => actions.goTo('figures')}
      />
      <span className="flex-1" />
      <RailButton
        words="Settings"
        icon={Settings}
        chosen={screen === 'settings'}
        onPress={() => actions.goTo('settings')}
      />
      {name !== '' && (
        <span className="p-1.5">
          <Avatar name={name} me large />
        </span>
      )}
    </nav>
  );
}

interface RailButtonProps {
  readonly words: string;
  readonly icon: LucideIcon;
  readonly chosen: boolean;
  /** How much there waits for this person. */
  readonly badge?: number;
  readonly onPress: () => void;
}

function RailButton({ words, icon: Icon, chosen, badge = 0, onPress }: RailButtonProps) {
  return (
    <button
      type="button"
      aria-label={badge > 0 ? `${words}, ${badge} waiting for you` : words}
      title={words}
      aria-current={chosen ? 'page' : undefined}
      className={`relative grid h-10 w-10 place-items-center rounded-[8px] ${chosen ? 'bg-hover text-text' : 'text-muted hover:bg-raised'}`}
      onClick={onPress}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      {badge > 0 && (
        <span className="rail-badge" aria-hidden="true">
          {badge > 99 ? '99+' : badge}
        </span>
      )}
    </button>
  );
}

const BARS = [
  { height: 4, hue: 'var(--a)' },
  { height: 10, hue: 'var(--b)' },
  { height: 20, hue: 'var(--b)' },
  { height: 10, hue: 'var(--c)' },
  { height: 4, hue: 'var(--b)' },
];

function Logo() {
  return (
    <svg
      width="24"
      height="24"
      className="mt-1.5 mb-2 flex-none max-[700px]:my-0"
      role="img"
      aria-label="Sidetone"
    >
      {BARS.map(({ height, hue }, at) => (
        <rect key={at} x={1 + at * 4.7} y={12 - height / 2} width="3" height={height} rx="1.5" fill={hue} />
      ))}
    </svg>
  );
}
