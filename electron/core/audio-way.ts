import { appError } from '#shared/errors/app-error.ts';
import type { AudioWay } from '#shared/ipc/audio-way.ts';
import type { AudioGrantAnswer } from '#shared/protocol/audio-grant.ts';

/**
 * What a page is told of a grant. A grant of the worker's own socket stays with the desk, which opens those itself. A room is given
 * on only where this desk was set up for its server: the worker cannot lead a page elsewhere (LINK12).
 * @param livekitUrl origin of the LiveKit server of this desk; null without one
 */
export function audioWay(grant: AudioGrantAnswer, livekitUrl: string | null): AudioWay {
  if (grant.via === 'worker') return { via: 'worker' };
  const { url, token, roomName, identity } = grant;
  if (livekitUrl === null || URL.parse(url)?.origin !== livekitUrl)
    throw appError(
      'media.refused',
      'The audio of this call is on a server that this desk may not reach. Start the desk with --livekit-url.',
      { origin: 'electron' },
    );
  return { via: 'livekit', url: livekitUrl, token, roomName, identity };
}
