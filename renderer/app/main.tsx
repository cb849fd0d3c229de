import { createRoot } from 'react-dom/client';
import { connectDesk } from '#renderer/bridge/desk.ts';
import { pageAudio } from '#renderer/media/audio-devices.ts';
import { createLoopbackLink } from '#renderer/media/loopback-link.ts';
import { installProbe } from '#renderer/media/probe.ts';
import { pageClock } from '#renderer/stores/clock.ts';
import { createConsole } from '#renderer/stores/console.ts';
import { ConsoleContext } from '#renderer/stores/use-console.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import '../theme/theme.css';

const bridge = connectDesk();
const probe = installProbe(window);
const console = createConsole({
  bridge,
  clock: pageClock,
  probe,
  media: chosen => createLoopbackLink({ bridge, devices: pageAudio, probe, chosen }),
});
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
