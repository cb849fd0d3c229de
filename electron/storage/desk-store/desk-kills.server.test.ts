import { expect, test } from 'vitest';
import { deskKillsTorture } from '#tests/torture/desks/desk-kills.ts';

/** More with `SIDETONE_KILLS=1000`. */
const KILLS = Number(process.env['SIDETONE_KILLS'] ?? 150);

test(
  `[DST2][SYN6] a desk that is killed at any moment has everything it said was saved, once and in one chain (${String(KILLS)} kills)`,
  { timeout: 60_000 + KILLS * 10_000 },
  async () => {
    for await (const result of deskKillsTorture.run({ count: KILLS, seed: 7, onProgress: () => undefined })) {
      expect(result.failures).toEqual([]);
      expect(result.figures['saved']).toBeGreaterThan(KILLS);
    }
  },
);
