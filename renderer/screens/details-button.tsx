import { PanelRight } from 'lucide-react';
import { useConsole, useUi } from '#renderer/stores/use-console.ts';

/** Opens and closes the side column where the window is too narrow to show it always. */
export function DetailsButton() {
  const { ui } = useConsole();
  const sideOpen = useUi(state => state.sideOpen);
  return (
    <button
      type="button"
      className="btn side-button"
      aria-expanded={sideOpen}
      onClick={() => ui.setState({ sideOpen: !sideOpen })}
    >
      <PanelRight size={16} aria-hidden="true" /> {sideOpen ? 'Close' : 'Details'}
    </button>
  );
}
