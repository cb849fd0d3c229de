import type { ProcessLoad } from './process-load.ts';

/** The figures of one place for a host process. Sums go on over the processes that were there one after another. */
export interface HostFigure extends ProcessLoad {
  /** `host-1` and so on: the place, not the process, so that a series outlives a restart. */
  readonly host: string;
  readonly isUp: boolean;
  /** Processes that have ended there. */
  readonly restarts: number;
}

const NOTHING: Omit<HostFigure, 'host'> = {
  isUp: false,
  restarts: 0,
  cpuSeconds: 0,
  residentBytes: 0,
  loopLagP99Seconds: 0,
  refusedCalls: 0,
};

/** What the hosts of one worker have told, by place. */
export class HostFigures {
  readonly #places = new Map<string, { ended: Omit<HostFigure, 'host'>; load: ProcessLoad | null }>();

  /** @param host the place */
  connected(host: string): void {
    const { ended } = this.#of(host);
    this.#places.set(host, { ended: { ...ended, isUp: true }, load: null });
  }

  told(host: string, load: ProcessLoad): void {
    this.#places.set(host, { ...this.#of(host), load });
  }

  /** Its process is gone; what it used and refused stays counted. */
  gone(host: string): void {
    const { restarts, cpuSeconds, refusedCalls } = this.#sum(host);
    const ended = { ...NOTHING, restarts: restarts + 1, cpuSeconds, refusedCalls };
    this.#places.set(host, { ended, load: null });
  }

  all(): readonly HostFigure[] {
    return [...this.#places.keys()].map(host => this.#sum(host));
  }

  #of(host: string) {
    return this.#places.get(host) ?? { ended: NOTHING, load: null };
  }

  #sum(host: string): HostFigure {
    const { ended, load } = this.#of(host);
    if (load === null) return { host, ...ended };
    return {
      host,
      ...ended,
      residentBytes: load.residentBytes,
      loopLagP99Seconds: load.loopLagP99Seconds,
      cpuSeconds: ended.cpuSeconds + load.cpuSeconds,
      refusedCalls: ended.refusedCalls + load.refusedCalls,
    };
  }
}
