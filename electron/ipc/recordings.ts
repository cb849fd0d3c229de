import { toErrorBody } from '#shared/errors/app-error.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';

/** Where the page finds recordings, in both hosts: `/desk/recordings/<callId>`, and what they look like under `/peaks` there. */
export const RECORDINGS_PATH = '/desk/recordings/';

const PASSED_ON = ['content-type', 'content-length', 'content-range', 'accept-ranges'];

/** What the worker answers, with nothing in it but the audio. Never rejects: a failure is an answer with its code (REC8). */
export function recordingAnswer(core: DeskCore, callId: string, range: string | null): Promise<Response> {
  if (core.capsules.has(callId)) return Promise.resolve(core.capsules.recording(callId, range));
  return passedOn(() => core.recording(callId, range));
}

/** The same for what a recording looks like. */
export function peaksAnswer(core: DeskCore, callId: string): Promise<Response> {
  if (core.capsules.has(callId)) return Promise.resolve(core.capsules.peaks(callId));
  return passedOn(() => core.recordingPeaks(callId));
}

async function passedOn(ask: () => Promise<Response>): Promise<Response> {
  try {
    const answer = await ask();
    const headers = new Headers();
    for (const name of PASSED_ON) {
      const value = answer.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers });
  } catch (error) {
    return Response.json({ error: toErrorBody(error, 'electron') }, { status: 503 });
  }
}
