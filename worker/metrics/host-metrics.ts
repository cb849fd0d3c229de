import { Counter, Gauge, type Registry } from 'prom-client';
import type { HostFigure } from './host-figures.ts';

/** Adds what host processes tell of themselves, read when somebody asks. @param hosts empty where calls run in this process */
export function addHostMetrics(register: Registry, hosts: () => readonly HostFigure[]): void {
  const registers = [register];
  const labelNames = ['host'];
  const gauge = (name: string, help: string, value: (host: HostFigure) => number): void =>
    void new Gauge({
      name: `sidetone_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const figure of hosts()) this.set({ host: figure.host }, value(figure));
      },
    });
  const counter = (name: string, help: string, value: (host: HostFigure) => number): void =>
    void new Counter({
      name: `sidetone_${name}`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const figure of hosts()) this.inc({ host: figure.host }, value(figure));
      },
    });
  gauge('host_up', 'Whether the host process is connected.', ({ isUp }) => (isUp ? 1 : 0));
  gauge('host_resident_memory_bytes', 'Memory of the host process.', host => host.residentBytes);
  gauge(
    'host_eventloop_lag_p99_seconds',
    'Lateness of the event loop of the host process in its last 5 s.',
    host => host.loopLagP99Seconds,
  );
  counter('host_restarts_total', 'Host processes that have ended at this place.', host => host.restarts);
  counter(
    'host_cpu_seconds_total',
    'Processor time of host processes at this place.',
    host => host.cpuSeconds,
  );
  counter(
    'calls_refused_total',
    'Callers who were told that every line is taken.',
    host => host.refusedCalls,
  );
}
