import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINIMUM, placeWindow, readWindowState, saveWindowState } from './window-state.ts';

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 };
const WALL = { x: 1440, y: 0, width: 2560, height: 1440 };
const saved = { x: 1500, y: 40, width: 1600, height: 1000, maximized: false };

test('[SHL3] the window opens where it was while that screen is there, else in the middle of the first', () => {
  expect(placeWindow(saved, [LAPTOP, WALL])).toEqual(saved);
  expect(placeWindow(saved, [LAPTOP])).toEqual({ x: 0, y: 25, width: 1440, height: 875, maximized: false });
  expect(placeWindow(null, [WALL])).toEqual({ x: 2000, y: 270, width: 1440, height: 900, maximized: false });
});

test('[SHL3] whatever was saved, enough of the window is on a screen to move it', () => {
  const number = fc.integer({ min: -20_000, max: 20_000 });
  const size = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(number, number, size, size, fc.boolean(), (x, y, width, height, both) => {
      const screens = both ? [LAPTOP, WALL] : [LAPTOP];
      const place = placeWindow({ x, y, width, height, maximized: false }, screens);
      const reachable = screens.some(
        screen =>
          Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x) >= 120 &&
          place.y >= screen.y &&
          place.y + 40 <= screen.y + screen.height,
      );
      expect(reachable).toBe(true);
      expect(place.width).toBeGreaterThanOrEqual(MINIMUM.width);
    }),
  );
});

test('[SHL3] what was saved is read again; damage and a folder that cannot be written harm nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-window-'));
  const file = join(folder, 'window.json');
  expect(readWindowState(file)).toBeNull();
  saveWindowState(file, saved);
  expect(readWindowState(file)).toEqual(saved);
  writeFileSync(file, '{"x":1');
  expect(readWindowState(file)).toBeNull();
  saveWindowState(join(file, 'below-a-file', 'window.json'), saved);
});
