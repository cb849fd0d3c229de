import type { Session } from 'electron';
import { isConsoleUrl } from './console-url.ts';

/** What a page asks for. `mediaTypes` belongs to `media`. */
export interface PermissionAsk {
  readonly permission: string;
  readonly url: string;
  readonly mediaTypes: readonly string[];
}

/** What Chromium asks before a page of another kind of address opens a connection to this machine or its network. */
const NETWORK: readonly string[] = ['loopback-network', 'local-network', 'local-network-access'];

/**
 * The console may use the microphone and choose a loudspeaker; nothing else and nobody else (SEC32). No camera, no screen. The
 * network around it only where the desk was set up for an audio server, and there its policy names the one address (LINK13).
 */
export function mayUse({ permission, url, mediaTypes }: PermissionAsk, livekitUrl: string | null): boolean {
  if (!isConsoleUrl(url)) return false;
  if (permission === 'media') return mediaTypes.length > 0 && mediaTypes.every(type => type === 'audio');
  if (NETWORK.includes(permission)) return livekitUrl !== null;
  return permission === 'speaker-selection' || permission === 'clipboard-sanitized-write';
}

export function guardPermissions(session: Session, livekitUrl: string | null): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const mediaTypes = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    answer(mayUse({ permission, url: details.requestingUrl ?? contents.getURL(), mediaTypes }, livekitUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    const mediaType = details.mediaType ?? 'audio';
    // A check has an origin without a path.
    return mayUse({ permission, url: `${origin.replace(/\/$/u, '')}/`, mediaTypes: [mediaType] }, livekitUrl);
  });
  session.setDevicePermissionHandler(() => false);
}
