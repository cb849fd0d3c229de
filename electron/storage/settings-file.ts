import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { appError } from '#shared/errors/app-error.ts';
import { settingsSchema, type Settings } from '#shared/ipc/commands.ts';

/** Settings of this desk in one small file, written whole or not at all (IPC40-IPC42). */
export class SettingsFile {
  readonly #file: string;
  readonly #onProblem: (message: string) => void;
  #settings: Settings;

  constructor(file: string, onProblem: (message: string) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
    this.#settings = this.#read();
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Rejects with `storage.failed` when the disk refuses; the settings then stay as they were. */
  save(change: Partial<Settings>): Settings {
    const next = { ...this.#settings, ...change };
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(next, null, 2)}\n`);
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      throw appError(
        'storage.failed',
        'The settings could not be saved. Is the disk full or the folder read-only?',
        { origin: 'electron' },
      );
    }
    this.#settings = next;
    return next;
  }

  #read(): Settings {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return settingsSchema.parse({});
    }
    try {
      return settingsSchema.parse(JSON.parse(text));
    } catch {
      // A damaged file is kept for whoever wants to look, and never stops the desk.
      try {
        renameSync(this.#file, `${this.#file}.damaged`);
      } catch {
        // Then it is read again next time; nothing depends on it.
      }
      this.#onProblem('The settings file was damaged. It was set aside and the defaults are used.');
      return settingsSchema.parse({});
    }
  }
}
