import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemorySecrets, type SecretStore } from '#electron/core/secret-store.ts';

/** The part of Electron's `safeStorage` that is used: it encrypts with a key of the system's keychain. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** Of Linux alone; `basic_text` is a key that everybody knows. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

/**
 * Secrets in files that only this user of this machine can decrypt (ACC20). Where the system has no keychain they are kept in
 * memory: what could be read from the disk by anybody is not written there. Ask only after the app is ready.
 */
export class KeychainSecrets implements SecretStore {
  readonly #folder: string;
  readonly #safe: SafeStorage;
  readonly #memory = new MemorySecrets();

  constructor(folder: string, safe: SafeStorage) {
    this.#folder = folder;
    this.#safe = safe;
  }

  read(name: string): string | null {
    if (!this.#isSafe()) return this.#memory.read(name);
    try {
      return this.#safe.decryptString(readFileSync(this.#file(name)));
    } catch {
      return null;
    }
  }

  write(name: string, secret: string | null): void {
    if (!this.#isSafe()) {
      this.#memory.write(name, secret);
      return;
    }
    if (secret === null) {
      rmSync(this.#file(name), { force: true });
      return;
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.#file(name), this.#safe.encryptString(secret), { mode: 0o600, flush: true });
  }

  #isSafe(): boolean {
    if (!this.#safe.isEncryptionAvailable()) return false;
    return process.platform !== 'linux' || this.#safe.getSelectedStorageBackend?.() !== 'basic_text';
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.encrypted`);
  }
}
