import type { MicMode } from '#shared/domain/audibility.ts';

/** What the audio path measured, for tests of the whole program. */
export interface AudioProbe {
  playerRms: number;
  playerPeak: number;
  underruns: number;
  framesPlayed: number;
  micFramesSent: number;
  /** Mode the worker last confirmed for this person on the opened call. */
  micMode: MicMode;
}

/** @returns the page's probe with `?probe=1` in its address, else null */
export function installProbe(page: Window): AudioProbe | null {
  if (new URLSearchParams(page.location.search).get('probe') !== '1') return null;
  page.__sidetoneProbe ??= {
    playerRms: 0,
    playerPeak: 0,
    underruns: 0,
    framesPlayed: 0,
    micFramesSent: 0,
    micMode: 'monitor',
  };
  return page.__sidetoneProbe;
}
