import { pageAudio } from '#renderer/media/audio-devices.ts';
import type { JoinRoom } from '#renderer/media/page-room.ts';
import { watchSleep } from '#renderer/media/watch-sleep.ts';
import { createCallerCall } from './caller-call.ts';
import { showCall } from './caller-view.ts';
import { openConsultation } from './consultation.ts';
import './caller.css';

/** The page follows the system between light and dark; tokens are the console's own. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const dress = (): void => void (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
dark.addEventListener('change', dress);
dress();

const room = import('#renderer/media/livekit-room.ts');
const join: JoinRoom = async (...args) => (await room).joinLivekitRoom(...args);

const call = createCallerCall({ join, devices: pageAudio, open: openConsultation });
showCall({
  document,
  call,
  mono: () => performance.now(),
  frame: task => void requestAnimationFrame(task),
});
watchSleep(
  {
    now: () => Date.now(),
    every: (intervalMs, task) => {
      const timer = setInterval(task, intervalMs);
      return () => clearInterval(timer);
    },
  },
  () => call.wokeUp(),
);
// A closed page is a caller who has hung up; nobody waits for them.
addEventListener('pagehide', () => call.end());

void offerText();

/** Where there is another way to reach us, it is shown from the start. */
async function offerText(): Promise<void> {
  const answer: unknown = await fetch('/call/ways.json').then(
    response => (response.ok ? response.json() : null),
    () => null,
  );
  const url = typeof answer === 'object' && answer !== null && 'textUrl' in answer ? answer.textUrl : null;
  const link = document.getElementById('text-link');
  const way = document.getElementById('text-way');
  if (typeof url !== 'string' || !(link instanceof HTMLAnchorElement) || !way) return;
  link.href = url;
  way.hidden = false;
}
