import type { Session } from 'electron';
import { isConsoleUrl } from './console-url.ts';

/** What a page asks for. `mediaTypes` belongs to `media`. */
export interface PermissionAsk {
  readonly permission: string;
  readonly url: string;
  readonly mediaTypes: readonly string[];
}

/**
 * The console may use the microphone and choose a loudspeaker; nothing else and nobody else (SEC32). No camera, no screen,
 * no local network: the desk core owns every socket.
 */
export function mayUse({ permission, url, mediaTypes }: PermissionAsk): boolean {
  if (!isConsoleUrl(url)) return false;
  if (permission === 'media') return mediaTypes.length > 0 && mediaTypes.every(type => type === 'audio');
  return permission === 'speaker-selection' || permission === 'clipboard-sanitized-write';
}

export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    answer(mayUse({ permission, url: details.requestingUrl ?? contents.getURL(), mediaTypes }));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    const mediaType = details.mediaType ?? 'audio';
    // A check has an origin without a path.
    return mayUse({ permission, url: `${origin.replace(/\/$/u, '')}/`, mediaTypes: [mediaType] });
  });
  session.setDevicePermissionHandler(() => false);
}
