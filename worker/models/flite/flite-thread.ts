import { parentPort } from 'node:worker_threads';
import { FliteSynthesiser, type FliteVoice } from './flite-synthesiser.ts';

/** What the voice thread is asked, one at a time. */
export interface FliteRequest {
  readonly id: number;
  readonly text: string;
  readonly voice: FliteVoice;
}

export type FliteAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      readonly samples: Int16Array<ArrayBuffer>;
      readonly marks: readonly { readonly chars: number; readonly sample: number }[];
    }
  | { readonly id: number; readonly ok: false };

const port = parentPort;
if (!port) throw new Error('this module runs as a worker thread');
const flite = new FliteSynthesiser();
process.on('exit', () => flite.close());
port.on('message', ({ id, text, voice }: FliteRequest) => {
  try {
    const { samples, marks } = flite.speak(text, voice);
    const own = samples.slice();
    port.postMessage({ id, ok: true, samples: own, marks } satisfies FliteAnswer, [own.buffer]);
  } catch {
    port.postMessage({ id, ok: false } satisfies FliteAnswer);
  }
});
