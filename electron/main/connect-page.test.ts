import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { connectPage } from './connect-page.ts';

class ScriptedPort extends EventEmitter {
  closed = false;
  start(): void {}
  postMessage(): void {}
  close(): void {
    this.closed = true;
  }
}

function bench() {
  const opened: string[] = [];
  const refused: string[] = [];
  const core = {
    onLink: () => (opened.push('desk'), () => undefined),
    onNotice: () => () => undefined,
    openAudio: (stream: string, callId: string) => (
      opened.push(`${stream} ${callId}`),
      { send: () => undefined, close: () => undefined }
    ),
  } as unknown as DeskCore;
  const mainFrame = { url: 'app://bundle/index.html' };
  const ask = (message: unknown, senderFrame: { url: string } | null = mainFrame): ScriptedPort => {
    const port = new ScriptedPort();
    connectPage({ ports: [port], senderFrame, sender: { mainFrame } }, message, {
      core,
      route: () => Promise.reject(new Error('not asked')),
      onRefused: url => refused.push(url),
    });
    return port;
  };
  return { opened, refused, ask, mainFrame };
}

test('[IPC51] a page is connected by path and keeps its port', () => {
  const { ask, opened, refused } = bench();
  expect(ask({ path: '/desk' }).closed).toBe(false);
  expect(ask({ path: '/desk/audio?stream=listen&callId=call-1' }).closed).toBe(false);
  expect(opened).toEqual(['desk', 'listen call-1']);
  expect(refused).toEqual([]);
});

test('[IPC51] what is malformed, and a path there is not, gets nothing', () => {
  const { ask, opened, refused } = bench();
  fc.assert(
    fc.property(fc.anything(), fc.string(), (message, path) => {
      expect(ask(message).closed).toBe(true);
      // A letter in between: spaces and tabs at the end of an address do not count.
      expect(ask({ path: `/deskx${path}` }).closed).toBe(true);
    }),
  );
  expect(opened).toEqual([]);
  expect(refused.length).toBeGreaterThan(100);
});

test('[SEC30] a frame inside the page, another page and a frame that is gone are refused and noted', () => {
  const { ask, opened, refused } = bench();
  for (const frame of [
    { url: 'app://bundle/index.html' }, // the right address, but not the main frame
    { url: 'https://elsewhere.example/' },
    null,
  ])
    expect(ask({ path: '/desk' }, frame).closed).toBe(true);
  expect(opened).toEqual([]);
  expect(refused).toEqual(['app://bundle/index.html', 'https://elsewhere.example/', 'a frame that is gone']);
});

test('[SEC30] even the main frame is refused once it shows another page', () => {
  const { ask, mainFrame, opened } = bench();
  mainFrame.url = 'https://elsewhere.example/';
  expect(ask({ path: '/desk' }).closed).toBe(true);
  expect(opened).toEqual([]);
});
