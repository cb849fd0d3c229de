import { readDeskOptions } from '#electron/desk/desk-options.ts';
import { readWorkerConfig } from '#shared/config/worker-config.ts';
import { toErrorBody } from '#shared/errors/app-error.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { jsonOf, textOf, valueOf, type FuzzInput } from '../inputs.ts';

/** A list of texts as it is, anything else split where a shell would split it. */
function argumentsOf(input: FuzzInput): readonly string[] {
  const value = valueOf(input);
  if (Array.isArray(value)) return value.map(part => (typeof part === 'string' ? part : jsonOf(part)));
  return textOf(input).split(/\s+/u);
}

function commandLineTarget(
  name: string,
  seeds: readonly unknown[],
  read: (args: readonly string[]) => string,
): FuzzTarget {
  return {
    name,
    seeds,
    open: () =>
      Promise.resolve({
        feed: input => read(argumentsOf(input)),
        good() {
          const answer = read(seeds[0] as readonly string[]);
          if (answer !== 'ok') throw new Error(`good arguments were answered ${answer}`);
        },
        close: () => undefined,
      }),
  };
}

export const commandLineTargets: readonly FuzzTarget[] = [
  commandLineTarget(
    'worker-options',
    [
      ['--demo', '--port', '0', '--data', 'd'],
      ['--seed=7', '--calls', '3', '--calls-min', '1', '--calls-max', '2'],
      ['--hold-back-ms', '300', '--headless'],
    ],
    args => {
      // The same words reach it as flags and as environment variables.
      readWorkerConfig(
        [],
        Object.fromEntries(args.map((arg, index) => [index % 2 ? 'SIDETONE_PORT' : 'SIDETONE_SEED', arg])),
      );
      const answer = readWorkerConfig(args, {});
      if (!answer.ok) return answer.message === '' ? 'refused without a word' : 'input.invalid';
      const { port, seed } = answer.config;
      return Number.isInteger(port) && port >= 0 && port < 65_536 && Number.isInteger(seed)
        ? 'ok'
        : 'nonsense was taken';
    },
  ),
  commandLineTarget(
    'desk-options',
    [
      ['--data', 'd', '--port', '0', '--no-open'],
      ['--seed', '7', '--calls=3', '--test-probe'],
    ],
    args => {
      try {
        const { port, data } = readDeskOptions(args);
        return Number.isInteger(port) && typeof data === 'string' ? 'ok' : 'nonsense was taken';
      } catch (error) {
        return toErrorBody(error, 'electron').code;
      }
    },
  ),
];
