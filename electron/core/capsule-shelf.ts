import { readFile } from 'node:fs/promises';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { CapsuleView } from '#shared/protocol/capsule.ts';
import { readCapsule, type OpenCapsule } from './read-capsule.ts';

/** A desk that reads ten capsules has closed the first. */
const KEPT = 10;

/** Capsules that are open on this desk: read only, in memory, without a worker (ARC11). */
export class CapsuleShelf {
  readonly #open = new Map<string, OpenCapsule>();
  /** Of the one the desk was started with, until a page has asked. */
  #first: Promise<CapsuleView> | null = null;

  async open(bytes: Uint8Array): Promise<CapsuleView> {
    const capsule = await readCapsule(bytes);
    const { callId } = capsule.view;
    this.#open.delete(callId);
    this.#open.set(callId, capsule);
    const [oldest] = this.#open.keys();
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest);
    return capsule.view;
  }

  openFile(file: string): void {
    this.#first = readFile(file)
      .catch(() => {
        throw appError('capsule.invalid', `The file ${file} cannot be read.`, { origin: 'electron' });
      })
      .then(bytes => this.open(bytes));
    this.#first.catch(() => undefined);
  }

  /** The capsule the desk was started with; rejects as opening it did. Once. */
  async first(): Promise<CapsuleView | null> {
    const first = this.#first;
    this.#first = null;
    return first;
  }

  events(callId: string, afterSeq: number): readonly CallEvent[] | null {
    return this.#open.get(callId)?.events.filter(({ seq }) => seq > afterSeq) ?? null;
  }

  has(callId: string): boolean {
    return this.#open.has(callId);
  }

  /** The audio of an open capsule, whole or in the range asked for. */
  recording(callId: string, range: string | null): Response {
    const capsule = this.#open.get(callId);
    if (!capsule?.audio)
      return Response.json(
        {
          error: appError(
            'recording.none',
            capsule?.view.manifest.noAudio ?? 'There is no recording of this call.',
            { origin: 'electron' },
          ).body,
        },
        { status: 404 },
      );
    const { audio } = capsule;
    const asked = /^bytes=(\d+)-(\d*)$/u.exec(range ?? '');
    const from = Math.min(Number(asked?.[1] ?? 0), audio.length);
    const to = Math.min(asked?.[2] ? Number(asked[2]) : audio.length - 1, audio.length - 1);
    const part = Uint8Array.from(audio.subarray(from, to + 1));
    const headers = {
      'content-type': 'audio/ogg',
      'accept-ranges': 'bytes',
      'content-length': String(part.length),
    };
    return asked
      ? new Response(part, {
          status: 206,
          headers: {
            ...headers,
            'content-range': `bytes ${String(from)}-${String(to)}/${String(audio.length)}`,
          },
        })
      : new Response(part, { headers });
  }
}
