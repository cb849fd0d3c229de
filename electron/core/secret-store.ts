/** Where the desk keeps what nobody else may read. Names are ours, such as `session`. */
export interface SecretStore {
  /** @returns null where nothing is kept, or it cannot be read on this machine any more */
  read(name: string): string | null;
  /** `null` forgets it. */
  write(name: string, secret: string | null): void;
}

/** Forgets with the process: for hosts without a keychain, whose user signs in each time (ACC20). */
export class MemorySecrets implements SecretStore {
  readonly #secrets = new Map<string, string>();

  read(name: string): string | null {
    return this.#secrets.get(name) ?? null;
  }

  write(name: string, secret: string | null): void {
    if (secret === null) this.#secrets.delete(name);
    else this.#secrets.set(name, secret);
  }
}
