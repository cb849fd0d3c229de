import { readFile } from 'node:fs/promises';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { CapsuleView } from '#shared/protocol/capsule.ts';
import type { KnownKeys } from '#electron/storage/known-keys.ts';
import { readCapsule, type OpenCapsule } from './read-capsule.ts';

/** A desk that reads ten capsules has closed the first. */
const KEPT = 10;

/** Capsules that are open on this desk: read only, in memory, without a worker (ARC11). */
export class CapsuleShelf {
  readonly #open = new Map<string, OpenCapsule>();
  /** Of the one that was asked for outside of a page, until a page has taken it. */
  #waiting: Promise<CapsuleView> | null = null;
  readonly #keys: Pick<KnownKeys, 'ownerOf'>;

  constructor(keys: Pick<KnownKeys, 'ownerOf'> = { ownerOf: () => null }) {
    this.#keys = keys;
  }

  async open(bytes: Uint8Array): Promise<CapsuleView> {
    const capsule = await readCapsule(bytes, fingerprint => {
      const owner = this.#keys.ownerOf(fingerprint);
      return owner ? { ...owner, fingerprint } : { name: 'unknown', fingerprint };
    });
    const { callId } = capsule.view;
    this.#open.delete(callId);
    this.#open.set(callId, capsule);
    const [oldest] = this.#open.keys();
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest);
    return capsule.view;
  }

  /** By the command line or the menu: the next page that asks gets it. */
  openFile(file: string): void {
    this.#waiting = readFile(file)
      .catch(() => {
        throw appError('capsule.invalid', `The file ${file} cannot be read.`, { origin: 'electron' });
      })
      .then(bytes => this.open(bytes));
    this.#waiting.catch(() => undefined);
  }

  /** The capsule that waits for a page; rejects as opening it did. Once. */
  async takeWaiting(): Promise<CapsuleView | null> {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  events(callId: string, afterSeq: number): readonly CallEvent[] | null {
    return this.#open.get(callId)?.events.filter(({ seq }) => seq > afterSeq) ?? null;
  }

  has(callId: string): boolean {
    return this.#open.has(callId);
  }

  /** What its audio looks like; `recording.none` where it says nothing of that. */
  peaks(callId: string): Response {
    const peaks = this.#open.get(callId)?.peaks;
    return peaks
      ? new Response(Uint8Array.from(peaks), { headers: { 'content-type': 'application/json' } })
      : this.recording('', null);
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
