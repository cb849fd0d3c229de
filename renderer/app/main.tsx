import { createRoot } from 'react-dom/client';
import { createPageConsole } from '#renderer/stores/page-console.ts';
import { ConsoleContext } from '#renderer/stores/use-console.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import '../theme/theme.css';

const console = createPageConsole();
// A closed tab must not leave a device open or a caller with nobody.
window.addEventListener('pagehide', console.start());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <ErrorBoundary>
    <ConsoleContext value={console}>
      <App />
    </ConsoleContext>
  </ErrorBoundary>,
);
