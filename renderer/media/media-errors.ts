import type { ErrorBody } from '#shared/errors/app-error.ts';

const ours = (code: ErrorBody['code'], message: string): ErrorBody => ({
  code,
  message,
  retryable: true,
  origin: 'renderer',
});

export const UNPLUGGED = ours(
  'media.lost',
  'The microphone is gone, so you are off the line. Connect it again, or choose another in the settings.',
);
export const VOICE_LOST = ours(
  'media.lost',
  'The way of your voice to the call is lost, so you are off the line. Take over again if you need to.',
);
export const TAKEN_OFF = ours(
  'media.lost',
  'Your microphone was taken off the call, so you are off the line. Take over again if you need to.',
);
export const ELSEWHERE = ours('media.lost', 'You are on this call from another window or desk now.');
export const ROOM_LOST = ours(
  'media.unreachable',
  'The audio server cannot be reached. The call goes on without you hearing it.',
);

/** The browser's own error names, in our codes and words. */
export function microphoneError(error: unknown): ErrorBody {
  // A DOMException is not an Error in every realm.
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : '';
  const refused = name === 'NotAllowedError' || name === 'SecurityError';
  return refused
    ? ours(
        'media.refused',
        'The browser may not use the microphone. Allow it in the address bar, then try again.',
      )
    : ours('media.no-device', 'No microphone was found. Connect one, or choose another in the settings.');
}
