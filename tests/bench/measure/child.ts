import { fork, type ChildProcess } from 'node:child_process';

/** A bench's own process, with answers that are waited for by name. */
export class BenchChild {
  readonly #child: ChildProcess;

  /** @param file script to run @param args its arguments @param nodeArgs of Node itself */
  constructor(file: string, args: readonly string[] = [], nodeArgs: readonly string[] = []) {
    this.#child = fork(file, args, {
      execArgv: ['--no-warnings', ...nodeArgs],
      // Infinity survives this, and JSON loses it.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  send(message: object): void {
    this.#child.send(message);
  }

  /** The next message that fits. Rejects when the process ends before. */
  answer<Message>(fits: (message: Message) => boolean = () => true): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`a bench process ended with ${String(code)}`));
      const onMessage = (message: Message): void => {
        if (!fits(message)) return;
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        resolve(message);
      };
      this.#child.on('message', onMessage);
      this.#child.once('exit', onExit);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }
}
