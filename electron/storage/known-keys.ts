import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const fileSchema = z.object({
  /** By fingerprint: the worker at which the key was seen last. */
  keys: z.record(z.string(), z.object({ worker: z.string(), seenAtMs: z.number() })),
});
type Keys = z.infer<typeof fileSchema>['keys'];

/** Whose a key is: of the worker of this desk, of another that was seen before, or `null` for nobody's (ARC13). */
export type KeyOwner = { readonly name: 'own' } | { readonly name: 'known'; readonly worker: string };

/**
 * Keys that workers of this desk sign with, kept so that a capsule is told apart without a worker. Public keys only. A file that cannot
 * be read knows no key, and one that cannot be written forgets with the process: both make capsules look less trusted, never more.
 */
export class KnownKeys {
  readonly #file: string;
  readonly #worker: string;
  /** As the worker named them in this process; null until it has. */
  #told: ReadonlySet<string> | null = null;
  #keys: Keys;

  /** @param worker what people call the worker of this desk */
  constructor(file: string, worker: string) {
    this.#file = file;
    this.#worker = worker;
    this.#keys = read(file);
  }

  /** The worker of this desk named all of its keys. */
  seen(fingerprints: readonly string[], nowMs: number): void {
    this.#told = new Set(fingerprints);
    const isNew = fingerprints.some(one => this.#keys[one]?.worker !== this.#worker);
    if (!isNew) return;
    const named = fingerprints.map(one => [one, { worker: this.#worker, seenAtMs: nowMs }] as const);
    this.#keys = { ...this.#keys, ...Object.fromEntries(named) };
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify({ keys: this.#keys }, null, 2)}\n`);
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // It is asked again with the next connection.
    }
  }

  ownerOf(fingerprint: string): KeyOwner | null {
    const known = Object.hasOwn(this.#keys, fingerprint) ? this.#keys[fingerprint] : undefined;
    if (this.#told?.has(fingerprint)) return { name: 'own' };
    if (!known) return null;
    // A worker that is away is believed to have what it had; one that is there says so itself.
    return known.worker === this.#worker && this.#told === null
      ? { name: 'own' }
      : { name: 'known', worker: known.worker };
  }
}

function read(file: string): Keys {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).keys;
  } catch {
    return {};
  }
}
