import { expect, test } from 'vitest';
import { readDeskOptions } from './desk-options.ts';

test('[SHL7] options are read, those of the worker are handed on, and the data folder has a default per host', () => {
  expect(readDeskOptions([], 'here')).toEqual({
    data: 'here',
    port: 0,
    openBrowser: true,
    testProbe: false,
    remote: null,
    livekitUrl: null,
    open: null,
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

test('[IPC28] a remote worker needs its session, and TLS unless it is on this machine', () => {
  const token = ['--worker-token', 'session'];
  expect(readDeskOptions(['--worker', 'https://calls.example/', ...token]).remote).toEqual({
    url: 'https://calls.example',
    tokenFile: 'session',
  });
  expect(readDeskOptions(['--worker', 'http://127.0.0.1:8080', ...token]).remote?.url).toBe(
    'http://127.0.0.1:8080',
  );
  for (const address of [
    'http://calls.example',
    'http://127.0.0.1.calls.example',
    'ftp://x',
    'calls.example',
    '',
  ])
    expect(() => readDeskOptions(['--worker', address, ...token])).toThrow(/an https address/u);
  expect(() => readDeskOptions(token)).toThrow(/needs --worker/u);
});

test('[ACC20] without a token people sign in at the remote worker', () => {
  expect(readDeskOptions(['--worker', 'https://calls.example']).remote).toEqual({
    url: 'https://calls.example',
    tokenFile: null,
  });
  expect(() => readDeskOptions(['--worker', 'http://calls.example'])).toThrow(/an https address/u);
});

test('[LINK13] voices travel in the open only on this machine; the bundled worker gets the same server', () => {
  const options = readDeskOptions(['--livekit-url', 'ws://127.0.0.1:7880/']);
  expect(options.livekitUrl).toBe('ws://127.0.0.1:7880');
  expect(options.workerArgs.slice(-2)).toEqual(['--livekit-url', 'ws://127.0.0.1:7880']);
  expect(readDeskOptions(['--livekit-url', 'wss://rooms.example']).livekitUrl).toBe('wss://rooms.example');
  for (const address of ['ws://rooms.example', 'https://rooms.example', 'wss://', 'rooms'])
    expect(() => readDeskOptions(['--livekit-url', address])).toThrow(/a wss address/u);
});
