import fc from 'fast-check';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { createPeakMeter, foldPeaks, readPeaks, writePeaks } from './peaks.ts';

const CALL = 'call-1' as CallId;
const SILENCE = new Int16Array(320);
const LOUDEST = Int16Array.from({ length: 320 }, () => -32_768);

test('[REC13] each 100 ms has the loudest sample of both sides, the last one included', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetone-peaks-'));
  const peaks = writePeaks(folder, CALL);
  for (let frame = 0; frame < 12; frame += 1) {
    peaks.push(frame < 5 ? toneFrame(440, frame * 320) : SILENCE, frame === 11 ? LOUDEST : SILENCE);
  }
  peaks.end();
  await vi.waitFor(async () =>
    expect(await readPeaks(folder, CALL, 100)).toEqual({
      stretchMs: 100,
      caller: [0.243, 0, 0],
      heard: [0, 0, 1],
    }),
  );
  expect(await readPeaks(folder, 'call-2' as CallId, 100)).toBeNull();
});

test('[REC13] fewer stretches lose no loud moment, and last as long', () => {
  const bytes = fc.uint8Array({ maxLength: 500 }).map(all => all.subarray(0, all.length & ~1));
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 300 }), (all, points) => {
      const { stretchMs, caller, heard } = foldPeaks(all, points);
      expect(caller.length).toBeLessThanOrEqual(points);
      expect(heard).toHaveLength(caller.length);
      expect(caller.length * stretchMs).toBeGreaterThanOrEqual((all.length / 2) * 100);
      all.forEach((byte, at) => {
        const side = at % 2 === 0 ? caller : heard;
        expect(side[Math.floor((Math.floor(at / 2) * 100) / stretchMs)]).toBeGreaterThanOrEqual(
          Math.floor((byte / 255) * 1000) / 1000,
        );
      });
    }),
  );
});

test('[REC13] what is measured does not depend on when it is taken', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), takes => {
      const often = createPeakMeter();
      const once = createPeakMeter();
      const taken: number[] = [];
      takes.forEach((take, frame) => {
        for (const meter of [often, once]) meter.push(toneFrame(300 + frame * 7, frame * 320), SILENCE);
        if (take) taken.push(...often.take(false));
      });
      expect([...taken, ...often.take(true)]).toEqual([...once.take(true)]);
    }),
  );
});
