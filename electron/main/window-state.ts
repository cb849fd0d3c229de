import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const windowStateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const MINIMUM = { width: 480, height: 400 };
const WANTED = { width: 1440, height: 900 };
/** So much of the title bar has to be in reach, or the window could not be moved back. */
const REACHABLE = { width: 120, height: 40 };

/** Where the window opens: where it was, if some screen still shows it; otherwise in the middle of the first (SHL3). */
export function placeWindow(saved: WindowState | null, screens: readonly Area[]): WindowState {
  const [first] = screens;
  const places = saved
    ? screens.map(screen => ({ screen, place: { ...saved, ...fitted(saved, screen) } }))
    : [];
  const shown = places.find(({ screen, place }) => isReachable(place, screen));
  if (shown) return shown.place;
  const area = first ?? { x: 0, y: 0, ...WANTED };
  const width = Math.min(WANTED.width, area.width);
  const height = Math.min(WANTED.height, area.height);
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
    maximized: saved?.maximized ?? false,
  };
}

function fitted({ width, height }: Area, screen: Area): Pick<Area, 'width' | 'height'> {
  return {
    width: clamp(width, MINIMUM.width, screen.width),
    height: clamp(height, MINIMUM.height, screen.height),
  };
}

function isReachable(window: Area, screen: Area): boolean {
  const overlap = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const top = window.y >= screen.y && window.y + REACHABLE.height <= screen.y + screen.height;
  return overlap >= REACHABLE.width && top;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** What was saved, or null when there is nothing that can be used. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Never fails: a window that opens elsewhere next time is no reason to stop. */
export function saveWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // The folder is read-only or the disk is full.
  }
}
