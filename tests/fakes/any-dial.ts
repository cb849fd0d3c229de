import type { DialPermit } from '#worker/livekit/dial-permits.ts';

/** Every call may be placed. */
export const anyDial: DialPermit = {
  mayJoin: () => Promise.resolve(true),
  mayDial: () => Promise.resolve(true),
};
