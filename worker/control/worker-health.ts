import type { ErrorBody } from '#shared/errors/app-error.ts';

/** Whose problem: of the record that calls need, or of the team's, which catches up by itself. */
type Part = 'record' | 'team';

/** What keeps the worker from its work right now, for everybody who watches; told when it begins and when it is over. */
export class WorkerHealth {
  readonly #listeners = new Set<(problem: ErrorBody | null) => void>();
  readonly #problems: Record<Part, ErrorBody | null> = { record: null, team: null };

  /** The one that keeps calls from going on comes first. */
  get problem(): ErrorBody | null {
    return this.#problems.record ?? this.#problems.team;
  }

  is(problem: ErrorBody | null, part: Part = 'record'): void {
    const before = this.problem;
    this.#problems[part] = problem;
    const now = this.problem;
    if (now?.code === before?.code) return;
    for (const listener of this.#listeners) listener(now);
  }

  onChange(listener: (problem: ErrorBody | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
