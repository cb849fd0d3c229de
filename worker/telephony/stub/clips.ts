import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Recorded speech of one line of a scenario. */
export interface Clip {
  readonly text: string;
  /** Mono, 16 kHz. */
  readonly samples: Int16Array;
  /** Words in order, each with the sample at which it has been said. */
  readonly words: readonly { readonly text: string; readonly endSample: number }[];
}

export const clipIndexSchema = z.record(
  z.string(),
  z.object({
    text: z.string(),
    file: z.string(),
    words: z.array(z.object({ text: z.string(), endSample: z.number().int().nonnegative() })),
  }),
);
export type ClipIndex = z.infer<typeof clipIndexSchema>;

const WAV_HEADER_BYTES = 44;

/** Key of a clip: the scenario and its line. */
export function clipKey(scenarioId: string, clip: string): string {
  return `${scenarioId}/${clip}`;
}

/** Loads every recorded clip of the demo; they are made by `infra/scripts/make-caller-audio.ts`. */
export function loadClips(folder: string): ReadonlyMap<string, Clip> {
  const index = clipIndexSchema.parse(JSON.parse(readFileSync(join(folder, 'clips.json'), 'utf8')));
  return new Map(
    Object.entries(index).map(([key, { text, file, words }]) => {
      const bytes = readFileSync(join(folder, file));
      const samples = new Int16Array((bytes.length - WAV_HEADER_BYTES) / 2);
      for (let at = 0; at < samples.length; at += 1)
        samples[at] = bytes.readInt16LE(WAV_HEADER_BYTES + at * 2);
      return [key, { text, samples, words }];
    }),
  );
}
