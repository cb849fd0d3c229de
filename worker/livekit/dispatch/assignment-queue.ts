import type { RoomAssignment } from '../room-assignment.ts';

/** Keeps rooms that were given until the one who takes them is there; in order. */
export class AssignmentQueue {
  readonly #waiting: RoomAssignment[] = [];
  #wake: () => void = () => undefined;

  push(assignment: RoomAssignment): void {
    this.#waiting.push(assignment);
    this.#wake();
  }

  async *next(signal: AbortSignal): AsyncGenerator<RoomAssignment, void> {
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        const assignment = this.#waiting.shift();
        if (assignment) yield assignment;
        else await new Promise<void>(resolve => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}
