import type { FastifyInstance } from 'fastify';
import type { Journal } from '#shared/adapters/journal.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '#shared/domain/audio-format.ts';

/** How much of what the caller hears is kept: half a second. */
const KEEP_FRAMES = 25;

interface Ear {
  frames: number;
  aiFrames: number;
  aiFramesAfterFence: number;
  fenced: boolean;
  readonly recent: Int16Array[];
}

/** Measures what each simulated caller hears, for end-to-end tests: levels, tones, and AI frames after a takeover's fence. */
export class CallerProbe {
  readonly #ears = new Map<string, Ear>();
  readonly #names = new Map<string, string>();

  watch(journal: Journal): void {
    journal.onEntry(({ event }) => {
      const ear = this.#ear(event.conversationId);
      if (event.type === 'call.ringing') this.#names.set(event.conversationId, event.displayName);
      if (event.type === 'call.ended') this.#names.delete(event.conversationId);
      if (event.type === 'takeover.fenced') ear.fenced = true;
      if (event.type === 'takeover.ended') ear.fenced = false;
    });
  }

  onLine(callId: string, heard: Int16Array, ai: boolean): void {
    const ear = this.#ear(callId);
    ear.frames += 1;
    if (ai) ear.aiFrames += 1;
    if (ai && ear.fenced) ear.aiFramesAfterFence += 1;
    ear.recent.push(heard.slice());
    if (ear.recent.length > KEEP_FRAMES) ear.recent.shift();
  }

  addRoute(server: FastifyInstance): void {
    server.get('/api/test/pid', () => Promise.resolve({ workerPid: process.pid }));
    server.get('/api/test/callers', () =>
      Promise.resolve([...this.#names].map(([callId, displayName]) => ({ callId, displayName }))),
    );
    server.get<{ Params: { id: string }; Querystring: { hz?: string } }>(
      '/api/test/caller-sink/:id',
      request => {
        const ear = this.#ear(request.params.id);
        const samples = Float64Array.from(ear.recent.flatMap(frame => [...frame]));
        const hz = Number(request.query.hz ?? 1000);
        const { frames, aiFrames, aiFramesAfterFence } = ear;
        return Promise.resolve({
          frames,
          aiFrames,
          aiFramesAfterFence,
          rms: rms(samples),
          toneHz: hz,
          toneLevel: goertzel(samples, hz),
        });
      },
    );
  }

  #ear(callId: string): Ear {
    let ear = this.#ears.get(callId);
    if (!ear) {
      ear = { frames: 0, aiFrames: 0, aiFramesAfterFence: 0, fenced: false, recent: [] };
      this.#ears.set(callId, ear);
    }
    return ear;
  }
}

function rms(samples: Float64Array): number {
  if (samples.length === 0) return 0;
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) / 32_768;
}

/** Level of one frequency, 0 to 1. Source: Goertzel 1958. */
function goertzel(samples: Float64Array, hz: number): number {
  if (samples.length < FRAME_SAMPLES) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE_HZ);
  let before = 0;
  let last = 0;
  for (const sample of samples) [before, last] = [last, sample / 32_768 + coefficient * last - before];
  return (
    Math.sqrt(Math.max(0, before * before + last * last - coefficient * before * last)) / (samples.length / 2)
  );
}
