import { expect, test } from 'vitest';
import { readDeskOptions } from './desk-options.ts';

test('[SHL7] options are read, those of the worker are handed on, and the data folder has a default per host', () => {
  expect(readDeskOptions([], 'here')).toEqual({
    data: 'here',
    port: 0,
    openBrowser: true,
    testProbe: false,
    workerArgs: ['--demo', '--data', 'here'],
  });
  expect(readDeskOptions(['--data=there', '--seed', '7', '--no-open', '--test-probe'], 'here')).toMatchObject(
    {
      data: 'there',
      openBrowser: false,
      workerArgs: ['--demo', '--data', 'there', '--seed', '7', '--test-probe'],
    },
  );
});

test.each([['--speed', '2'], ['--port', 'http'], ['--port', '70000'], ['--seed'], ['words']])(
  '[SHL7] %s %s is refused with the options there are',
  (...args) => {
    expect(() => readDeskOptions(args)).toThrow(/Known options: --data, --port/u);
  },
);
