import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOf, recordingOf } from './console-url.ts';
import { consoleCsp } from '#electron/ipc/console-csp.ts';
import { mayUse } from './permissions.ts';

const FOLDER = '/opt/sidetone/out/renderer';

test('[SEC31] an address means a file inside the folder of the console, or nothing', () => {
  expect(fileOf('app://bundle/', FOLDER)).toBe(`${FOLDER}/index.html`);
  expect(fileOf('app://bundle/assets/index.js?v=1#x', FOLDER)).toBe(`${FOLDER}/assets/index.js`);
  for (const url of [
    'app://elsewhere/index.html',
    'https://bundle/index.html',
    'app://bundle/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    'app://bundle/..%2f..%2fsecret',
    'app://bundle/%00',
    'app://bundle/%',
    'nonsense',
  ])
    expect(fileOf(url, FOLDER), url).toBeNull();
});

test('[SEC31] no address at all leads out of the folder', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', '/', '//', '%252e', 'a', '%00'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part), parts => {
      const file = fileOf(`app://bundle/${parts.join('/')}`, FOLDER);
      if (file !== null) expect(file.startsWith(`${FOLDER}/`) && !file.split('/').includes('..')).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('[SEC32] the console may use a microphone and a loudspeaker; everything else and everybody else is refused', () => {
  const url = 'app://bundle/index.html';
  expect(mayUse({ permission: 'media', url, mediaTypes: ['audio'] }, null)).toBe(true);
  expect(mayUse({ permission: 'speaker-selection', url, mediaTypes: [] }, null)).toBe(true);
  expect(mayUse({ permission: 'media', url, mediaTypes: ['audio', 'video'] }, null)).toBe(false);
  expect(mayUse({ permission: 'media', url, mediaTypes: [] }, null)).toBe(false);
  expect(
    mayUse({ permission: 'media', url: 'https://elsewhere.example/', mediaTypes: ['audio'] }, null),
  ).toBe(false);
  for (const permission of [
    'display-capture',
    'geolocation',
    'loopback-network',
    'local-network',
    'hid',
    'openExternal',
  ])
    expect(mayUse({ permission, url, mediaTypes: [] }, null), permission).toBe(false);
});

test('[LINK13] the network around a desk is open to the console only where it was set up for an audio server', () => {
  const url = 'app://bundle/index.html';
  for (const permission of ['loopback-network', 'local-network', 'local-network-access']) {
    expect(mayUse({ permission, url, mediaTypes: [] }, 'ws://127.0.0.1:7880')).toBe(true);
    expect(
      mayUse({ permission, url: 'https://elsewhere.example/', mediaTypes: [] }, 'ws://127.0.0.1:7880'),
    ).toBe(false);
    expect(mayUse({ permission, url, mediaTypes: [] }, null)).toBe(false);
  }
});

test('[LINK13] the policy names the one server and nothing else', () => {
  expect(consoleCsp(null)).toContain("connect-src 'self';");
  expect(consoleCsp('wss://rooms.example')).toContain("connect-src 'self' wss://rooms.example;");
  expect(consoleCsp('wss://rooms.example').replace(' wss://rooms.example', '')).toBe(consoleCsp(null));
});

test('[REC8] a recording has two addresses, its audio and what it looks like; nothing else is one', () => {
  const at = (path: string) => recordingOf(`app://bundle/desk/recordings/${path}`);
  expect(at('call-1')).toEqual({ callId: 'call-1', part: 'audio' });
  expect(at('call-1/peaks')).toEqual({ callId: 'call-1', part: 'peaks' });
  for (const path of ['', '/peaks', 'call-1/peaks/x', 'call-1/other', '..%2fx', 'a'.repeat(65)])
    expect(at(path), path).toBeNull();
  expect(recordingOf('https://bundle/desk/recordings/call-1')).toBeNull();
});
