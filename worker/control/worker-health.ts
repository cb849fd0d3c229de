import type { ErrorBody } from '#shared/errors/app-error.ts';

/** What keeps the worker from its work right now, for everybody who watches; told when it begins and when it is over. */
export class WorkerHealth {
  readonly #listeners = new Set<(problem: ErrorBody | null) => void>();
  #problem: ErrorBody | null = null;

  get problem(): ErrorBody | null {
    return this.#problem;
  }

  is(problem: ErrorBody | null): void {
    if (problem?.code === this.#problem?.code) return;
    this.#problem = problem;
    for (const listener of this.#listeners) listener(problem);
  }

  onChange(listener: (problem: ErrorBody | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
