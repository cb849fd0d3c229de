/** Peaks of the last 100 ms, 0 to 1. */
export interface CallLevels {
  readonly caller: number;
  readonly ai: number;
  readonly human: number;
}

const SILENT: CallLevels = { caller: 0, ai: 0, human: 0 };

/** Loudness of each call. Read by what paints frames; it changes too often to go through React. */
export class LevelBoard {
  readonly #levels = new Map<string, CallLevels>();

  set(callId: string, levels: CallLevels): void {
    this.#levels.set(callId, levels);
  }

  of(callId: string): CallLevels {
    return this.#levels.get(callId) ?? SILENT;
  }

  keep(callIds: ReadonlySet<string>): void {
    for (const callId of this.#levels.keys()) if (!callIds.has(callId)) this.#levels.delete(callId);
  }
}
