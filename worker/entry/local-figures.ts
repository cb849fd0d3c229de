import type { CallDesk } from '#shared/adapters/call-desk.ts';
import { HostFigures } from '#worker/metrics/host-figures.ts';
import { measureProcess } from '#worker/metrics/process-load.ts';
import type { FleetCalls } from './fleet-calls.ts';

/** A worker that carries its calls itself has one host: it is that. */
export function localFigures(calls: CallDesk, refusedCalls: () => number): FleetCalls['hosts'] {
  const figures = new HostFigures();
  figures.connected('local');
  const meter = measureProcess();
  return {
    openCalls: () => ({ local: calls.openCalls().length }),
    figures: () => {
      figures.told('local', { ...meter.read(), refusedCalls: refusedCalls() });
      return figures.all();
    },
  };
}
