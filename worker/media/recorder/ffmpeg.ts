import { getFfmpegPath } from '@livekit/av';
import { SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';

/** The FFmpeg that comes with LiveKit Agents, otherwise the system's. The former has no filter but the resampler. */
export const ffmpeg = (): string => getFfmpegPath() ?? 'ffmpeg';

const QUIET = ['-hide_banner', '-loglevel', 'error', '-y'];
/** Stereo as it passes between processes: 16 bit little-endian, left and right in turn. */
const SAMPLES = ['-f', 's16le', '-ar', String(SAMPLE_RATE_HZ), '-ac', '2'];

/** Reads samples from its standard input and writes them as Ogg Opus. */
export const encodeTo = (file: string): string[] => [
  ...QUIET,
  ...SAMPLES,
  ...['-i', 'pipe:0', '-c:a', 'libopus', '-b:a', '48k', '-application', 'voip'],
  // Pages of 200 ms: a recording can be read while it is written, and little is lost with the machine.
  ...['-f', 'ogg', '-page_duration', '200000', '-flush_packets', '1', file],
];
