import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ways an emulated ticket system misbehaves from now on. */
export type DeskFault = 'hangs' | 'answer-lost' | 'busy' | 'refuses' | 'garbage' | 'huge' | 'dies';

export type DeskRecord = Record<string, unknown> & { readonly id: number };

/**
 * What is behind an emulated MCP server: records in a file, so that they outlive the process of a stdio server, and a fault
 * that a test switches from outside.
 */
export class EmulatedDesk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get records(): DeskRecord[] {
    const file = join(this.#folder, 'records.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DeskRecord[]) : [];
  }

  save(records: readonly DeskRecord[]): void {
    const file = join(this.#folder, 'records.json');
    writeFileSync(`${file}.new`, JSON.stringify(records));
    renameSync(`${file}.new`, file);
  }

  add(make: (id: number) => DeskRecord): DeskRecord {
    const { records } = this;
    const record = make(1000 + records.length);
    this.save([...records, record]);
    return record;
  }

  change(fits: (record: DeskRecord) => boolean, change: Record<string, unknown>): DeskRecord | null {
    const { records } = this;
    const at = records.findIndex(fits);
    const before = records[at];
    if (!before) return null;
    const after = { ...before, ...change };
    this.save(records.with(at, after));
    return after;
  }

  get fault(): DeskFault | null {
    const file = join(this.#folder, 'fault');
    return existsSync(file) ? (readFileSync(file, 'utf8') as DeskFault) : null;
  }

  set fault(fault: DeskFault | null) {
    const file = join(this.#folder, 'fault');
    if (fault === null) rmSync(file, { force: true });
    else writeFileSync(file, fault);
  }

  /** Runs one tool under the fault of the moment. @returns what MCP calls a tool result */
  async answer(work: () => unknown): Promise<{ content: { type: 'text'; text: string }[]; isError?: true }> {
    const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });
    const { fault } = this;
    switch (fault) {
      case 'hangs':
        return new Promise(() => undefined);
      case 'answer-lost':
        work();
        return new Promise(() => undefined);
      case 'busy':
        return { ...text('429 Too Many Requests, api key sk-12345'), isError: true };
      case 'refuses':
        return { ...text('Validation failed for caller +49 30 5550 142'), isError: true };
      case 'garbage':
        return text('<html>Sign in to continue</html>');
      case 'huge':
        return text(JSON.stringify('x'.repeat(1_500_000)));
      case 'dies':
        this.fault = null;
        process.exit(1);
      // eslint-disable-next-line no-fallthrough -- the process has ended
      case null:
        try {
          return text(JSON.stringify(work()));
        } catch (error) {
          return { ...text(String(error)), isError: true };
        }
    }
  }
}
