import { join, normalize, sep } from 'node:path';
import { RECORDINGS_PATH } from '#electron/ipc/recordings.ts';

export const SCHEME = 'app';
const HOST = 'bundle';

/** Where the console lives in the desktop app. */
export const CONSOLE_URL = `${SCHEME}://${HOST}/index.html`;

export function isConsoleUrl(url: string): boolean {
  return url.startsWith(`${SCHEME}://${HOST}/`);
}

/** The file of the console a URL means, or null when it means none: another host, or a way out of the folder (SEC31). */
export function fileOf(url: string, folder: string): string | null {
  if (!URL.canParse(url) || !isConsoleUrl(url)) return null;
  let path: string;
  try {
    path = decodeURIComponent(new URL(url).pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  return file.startsWith(folder + sep) ? file : null;
}

/** Which recording a URL of the console means, and whether its audio or what it looks like; or null. */
export function recordingOf(
  url: string,
): { readonly callId: string; readonly part: 'audio' | 'peaks' } | null {
  if (!URL.canParse(url) || !isConsoleUrl(url)) return null;
  const { pathname } = new URL(url);
  if (!pathname.startsWith(RECORDINGS_PATH)) return null;
  const [, callId, peaks] = /^([\w-]{1,64})(\/peaks)?$/u.exec(pathname.slice(RECORDINGS_PATH.length)) ?? [];
  return callId === undefined ? null : { callId, part: peaks === undefined ? 'audio' : 'peaks' };
}
