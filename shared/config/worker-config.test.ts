import { describe, expect, test } from 'vitest';
import { readWorkerConfig } from './worker-config.ts';

const read = (args: string, environment: Record<string, string> = {}) =>
  readWorkerConfig(args === '' ? [] : args.split(' '), environment);
const problem = (args: string): string => {
  const answer = read(args);
  return answer.ok ? '' : answer.message;
};

describe('worker configuration', () => {
  test('[CLI1] defaults, environment, flags: each wins over the one before', () => {
    expect(read('')).toMatchObject({
      ok: true,
      config: { port: 0, 'hold-back-ms': 300, demo: false, calls: null },
    });
    const environment = { SIDETONE_HOLD_BACK_MS: '500', SIDETONE_DEMO: 'true', SIDETONE_PORT: '' };
    expect(read('', environment)).toMatchObject({
      ok: true,
      config: { port: 0, 'hold-back-ms': 500, demo: true },
    });
    expect(read('--hold-back-ms=0 --calls 3', environment)).toMatchObject({
      ok: true,
      config: { 'hold-back-ms': 0, calls: 3 },
    });
  });

  test('[CLI2] what cannot be meant is refused, and the answer says what is possible', () => {
    expect(problem('--prot 1')).toMatch(/no option --prot.*--port/u);
    expect(problem('8080')).toMatch(/no option 8080/u);
    expect(problem('--port')).toMatch(/needs a value/u);
    expect(problem('--port 70000')).toMatch(/--port cannot be "70000"/u);
    expect(problem('--hold-back-ms 9000')).toMatch(/cannot be/u);
    expect(problem('--calls-min 9 --calls-max 2')).toMatch(/cannot be above/u);
  });
});
