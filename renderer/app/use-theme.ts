import { useEffect } from 'react';
import { useDesk } from '#renderer/stores/use-console.ts';

/** Puts the chosen theme on the page; `system` follows the system while the page is open. */
export function useTheme(): void {
  const theme = useDesk(state => (state.name === 'ready' ? state.settings.theme : 'system'));
  useEffect(() => {
    const page = document.documentElement;
    if (theme !== 'system') {
      page.dataset['theme'] = theme;
      return;
    }
    const query = window.matchMedia('(prefers-color-scheme: light)');
    const apply = (): void => {
      page.dataset['theme'] = query.matches ? 'light' : 'dark';
    };
    apply();
    query.addEventListener('change', apply);
    return () => query.removeEventListener('change', apply);
  }, [theme]);
}
