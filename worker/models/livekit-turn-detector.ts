import localInference from '@livekit/local-inference';
import { inference } from '@livekit/agents';

/** Waiting longer for an opinion than this costs more than the opinion is worth. Source: architecture 3.1. */
const PREDICTION_BOUND_MS = 150;

/**
 * Below this the model thinks that the caller goes on. The package's English threshold is 0.36; synthetic callers end their
 * sentences flatter than people (0.26 to 0.31 measured on the demo's voices), so the demo asks for less.
 */
export const UNLIKELY_THRESHOLD_RATIO = 0.2;

/** Loads both local models; takes about 150 ms and 250 MB once per process. */
export function warmLocalModels(): void {
  localInference.initVad();
  localInference.initEot();
}

/**
 * LiveKit's local end-of-turn model, in this process. The model runs on libuv's pool and is used only inside an
 * `AgentSession`, as its licence asks. A late answer counts as "the turn is over", so that a busy machine is never mute.
 */
export function createTurnDetector(): inference.TurnDetector {
  return new inference.TurnDetector({
    version: 'v1-mini',
    unlikelyThreshold: UNLIKELY_THRESHOLD_RATIO,
    executor: { doInference: predict },
  });
}

async function predict(_method: string, data: unknown): Promise<unknown> {
  const startedMono = performance.now();
  const { pcm } = data as { pcm: string };
  const bytes = Buffer.from(pcm, 'base64');
  const samples = new Int16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<number>(resolve => {
    timer = setTimeout(() => resolve(1), PREDICTION_BOUND_MS);
  });
  const probability = await Promise.race([localInference.predict(samples), late]);
  clearTimeout(timer);
  return { probability, inferenceDurationMs: performance.now() - startedMono };
}
