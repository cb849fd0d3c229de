import type { Random } from './random.ts';

/**
 * A UUID version 7: 48 bits of Unix milliseconds, then random bits, so ids sort by time of creation.
 * Source: RFC 9562 section 5.7.
 */
export function uuidV7(epochMs: number, random: Random): string {
  const time = Math.floor(epochMs).toString(16).padStart(12, '0');
  const bits = (count: number): string =>
    Math.floor(random() * 2 ** count)
      .toString(16)
      .padStart(Math.ceil(count / 4), '0');
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${bits(12)}-${variant}${bits(12)}-${bits(24)}${bits(24)}`;
}
