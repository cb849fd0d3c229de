import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from '@playwright/test';
import { createServer } from 'vite';

/** One picture of a screen in a state, over a desk that stands still. */
export interface FixtureShot {
  readonly name: string;
  readonly query: string;
  readonly width: number;
  readonly height: number;
  readonly more?: BrowserContextOptions;
  readonly themes?: readonly ('dark' | 'light')[];
}

const ONE = ['dark'] as const;
const SCREENS = ['floor', 'call', 'history', 'figures', 'knowledge', 'settings'] as const;
const STATES: Readonly<Record<string, readonly string[]>> = {
  floor: [
    'ready',
    'loading',
    'empty',
    'offline',
    'error',
    'agent',
    'full',
    'palette',
    'keys',
    'place-call',
    'offer',
    'tour',
    'parked',
  ],
  call: [
    'ready',
    'loading',
    'empty',
    'offline',
    'error',
    'agent',
    'palette',
    'remapped',
    'audio-lost',
    'word',
    'notes',
    'transfer',
    'coaching',
    'poor-line',
  ],
  take: ['ready', 'offline', 'audio-cut', 'coached'],
  past: ['ready', 'full', 'recorded'],
  history: ['ready', 'loading', 'empty', 'offline', 'error', 'agent'],
  figures: ['ready', 'loading', 'empty', 'offline', 'error'],
  knowledge: [
    'ready',
    'loading',
    'empty',
    'offline',
    'error',
    'agent',
    'full',
    'read',
    'history',
    'merge',
    'import',
    'patch',
    'policy',
    'policy-faults',
    'policy-conflict',
    'policy-force',
  ],
  settings: ['ready', 'remapped'],
};

const wide = { width: 1440, height: 900 };
/** Every screen in every state; then what the window, the system and the eyes may ask for. */
export const FIXTURE_SHOTS: readonly FixtureShot[] = [
  ...Object.entries(STATES).flatMap(([screen, states]) =>
    states.map(state => ({ name: `${screen}-${state}`, query: `screen=${screen}&state=${state}`, ...wide })),
  ),
  ...[1, 2, 3].map(step => ({
    name: `floor-tour-${step}`,
    query: `screen=floor&state=tour&step=${step}`,
    ...wide,
    themes: ONE,
  })),
  {
    name: 'knowledge-list-narrow',
    query: 'screen=knowledge&state=list',
    width: 380,
    height: 760,
    themes: ONE,
  },
  { name: 'call-notes-narrow', query: 'screen=call&state=notes', width: 380, height: 1500 },
  { name: 'call-coaching-narrow', query: 'screen=call&state=coaching', width: 380, height: 760, themes: ONE },
  ...[...SCREENS, 'take', 'past'].flatMap(screen => [
    { name: `${screen}-narrow`, query: `screen=${screen}`, width: 380, height: 760, themes: ONE },
    { name: `${screen}-zoom-200`, query: `screen=${screen}`, width: 720, height: 450, themes: ONE },
    {
      name: `${screen}-forced`,
      query: `screen=${screen}`,
      ...wide,
      themes: ONE,
      more: { forcedColors: 'active', reducedMotion: 'reduce' },
    } as const,
  ]),
];

/** Scenes of the documents that take two people, a room or a colleague on the phone, which the plain demo does not have. */
export const SCENE_SHOTS: readonly FixtureShot[] = [
  { name: 'coach', query: 'screen=call&state=coaching', ...wide },
  { name: 'coached', query: 'screen=take&state=coached', ...wide },
  { name: 'line', query: 'screen=call&state=poor-line', ...wide },
  { name: 'transfer', query: 'screen=call&state=transfer', ...wide },
  { name: 'parked', query: 'screen=floor&state=parked', ...wide },
];

/** Draws the console from its sources and takes these pictures. @returns what is wrong with them */
export async function shootFixtures(
  browser: Browser,
  folder: string,
  shots: readonly FixtureShot[],
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const server = await createServer({
    configFile: 'infra/config/vite.renderer.config.ts',
    logLevel: 'error',
    // Packages may be linked from elsewhere, and without their fonts the pictures would lie.
    server: { port: 0, fs: { strict: false } },
  });
  await server.listen();
  const faults: string[] = [];
  const address = server.resolvedUrls?.local[0] ?? '';
  try {
    for (const shot of shots) {
      const page = await browser.newPage({
        viewport: { width: shot.width, height: shot.height },
        ...shot.more,
      });
      page.on('pageerror', error => faults.push(`${shot.name}: ${error.message}`));
      page.on('console', message => {
        if (message.type() === 'error') faults.push(`${shot.name}: ${message.text()}`);
      });
      for (const theme of shot.themes ?? ['dark', 'light']) {
        await page.goto(`${address}fixture.html?${shot.query}&theme=${theme}`);
        await page.locator('.app').waitFor();
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(500);
        await page.screenshot({ path: join(folder, `${shot.name}-${theme}.png`), animations: 'disabled' });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        if (wide) faults.push(`${shot.name}: wider than its window`);
      }
      await page.close();
    }
  } finally {
    await server.close();
  }
  return faults;
}
