import { screen, within } from '@testing-library/react';
import { act } from 'react';
import { expect, test } from 'vitest';
import type { ArchivePage } from '#shared/domain/archive.ts';
import type { CapsuleSigner } from '#shared/protocol/capsule.ts';
import type { CommandName } from '#shared/ipc/commands.ts';
import { listedCalls } from '#tests/fixtures/listed-calls.ts';
import { LONG_CALL_ID, longCall } from '#tests/fixtures/long-call.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';

const events = longCall(120);
const [listed] = listedCalls(1);
const call = { ...(listed as NonNullable<typeof listed>), id: LONG_CALL_ID as never };
const HIT_MS = events[40]?.atMs ?? 0;
const VETO_MS = events[44]?.atMs ?? 0;
const PAGE: ArchivePage & { asOfMs?: number } = {
  calls: [
    {
      call,
      hits: [
        {
          seq: 40,
          atMs: HIT_MS,
          kind: 'verdict',
          who: 'no-guarantee',
          text: 'I guarantee it.',
          marks: [[2, 11]],
        },
      ],
    },
  ],
  hasMore: false,
};
const MANIFEST = {
  format: 'sidetone-capsule',
  version: 1,
  callId: 'x',
  orgId: 'o',
  createdAtMs: 1,
  createdBy: 'Jun Tanaka',
  workerId: 'w',
  eventCount: 9,
  redactedSeqs: [0],
  noAudio: null,
  policyLabel: '',
  files: {},
} as const;

async function open(
  answers: Partial<Record<CommandName, unknown>>,
  view: 'Search' | 'Policies' | 'Proof' = 'Search',
) {
  const rendered = await renderConsole({ stored: events, history: [call] });
  const asked: Record<string, unknown>[] = [];
  rendered.desk.answers = (name, args) => {
    if (name === 'search-archive') asked.push(args);
    return name in answers ? ({ ok: true, value: answers[name] } as never) : null;
  };
  await rendered.press('h');
  act(() => screen.getByRole('button', { name: view }).click());
  await rendered.step(300);
  await rendered.step(300);
  return { ...rendered, asked };
}

test('[ARC5] what is found is marked, a filter narrows, and a line opens the call at its moment', async () => {
  const { asked, console, step } = await open({
    'search-archive': PAGE,
    'get-archive-facets': { people: ['Jun Tanaka'], policies: ['no-guarantee'], tools: [], outcomes: [] },
  });
  const list = screen.getByRole('list', { name: 'What was found' });
  expect(list.querySelector('mark')?.textContent).toBe('guarantee');
  expect(screen.getByText('1 call, from the worker')).toBeTruthy();
  expect(screen.queryByRole('combobox', { name: 'Tool' })).toBeNull();
  act(() => screen.getByRole('button', { name: 'Sentence stopped' }).click());
  await step(300);
  expect(asked.at(-1)).toMatchObject({ had: 'veto' });
  act(() => within(list).getByText('no-guarantee').click());
  await step(100);
  expect(console.ui.getState().screen).toBe('call');
  expect(console.replay.state.getState().atMs).toBe(HIT_MS);
});

test('[ARC6] what comes from this desk says so, and since when', async () => {
  await open({ 'search-archive': { ...PAGE, asOfMs: HIT_MS } });
  expect(
    screen.getByText(/from this desk as of .*: older calls are with the worker, which is away/u),
  ).toBeTruthy();
});

test('[ARC11] an opened capsule is read only, says what it is, and what does not match', async () => {
  const { console, step, desk } = await open({ 'search-archive': PAGE });
  desk.answers = name =>
    name === 'open-capsule'
      ? ({
          ok: true,
          value: {
            callId: LONG_CALL_ID,
            manifest: MANIFEST,
            call,
            citations: [],
            faults: ['Event 2 is not as it was chained.'],
            signer: { name: 'nobody' },
            provenEvents: 7,
          },
        } as never)
      : null;
  await act(() => console.archive.openCapsule(new Uint8Array([1, 2, 3])));
  await step(100);
  const banner = screen.getByText('Capsule, read only').parentElement as HTMLElement;
  expect(banner.getAttribute('role')).toBe('alert');
  expect(banner.textContent).toContain('Capsule, read only');
  expect(banner.textContent).toContain('7 of 9 events are proven');
  expect(banner.textContent).toContain('Event 2 is not as it was chained.');
  expect(screen.queryByRole('region', { name: 'What you can do' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Save as capsule' })).toBeNull();
});

const view = (signer: CapsuleSigner, faults: readonly string[] = []) => ({
  callId: LONG_CALL_ID,
  manifest: MANIFEST,
  call,
  citations: [],
  faults,
  signer,
  provenEvents: 9,
});

test.each<readonly [signer: CapsuleSigner, role: string, words: string]>([
  [{ name: 'own', fingerprint: 'fp-1' }, 'status', 'Signed by the worker this desk is signed in to.'],
  [
    { name: 'known', fingerprint: 'fp-1', worker: 'b.example' },
    'alert',
    'another worker this desk knows, b.example, and not by the one it is signed in to: fp-1',
  ],
  [{ name: 'unknown', fingerprint: 'fp-1' }, 'alert', 'Signed by a key this desk does not know: fp-1'],
])('[ARC13] the banner says who signed it: %o', async (signer, role, words) => {
  const { console, step, desk } = await open({ 'search-archive': PAGE });
  desk.answers = name => (name === 'open-capsule' ? ({ ok: true, value: view(signer) } as never) : null);
  await act(() => console.archive.openCapsule(new Uint8Array([1])));
  await step(100);
  const banner = screen.getByText('Capsule, read only').parentElement as HTMLElement;
  expect(banner.getAttribute('role')).toBe(role);
  expect(banner.textContent).toContain(words);
  // Green is for what is proven, and by whom.
  expect(banner.querySelector('.text-ok') !== null).toBe(signer.name === 'own');
});

test('[ARC12] a file that is no capsule is refused with its code, and nothing opens', async () => {
  const { console, step, desk } = await open({ 'search-archive': PAGE });
  desk.answers = () => ({
    ok: false,
    error: {
      code: 'capsule.invalid',
      message: 'This file is no capsule.',
      retryable: false,
      origin: 'electron',
    },
  });
  await act(() => console.archive.openCapsule(new Uint8Array([1])));
  await step(100);
  expect(screen.getByText('This file is no capsule.')).toBeTruthy();
  expect(console.ui.getState().screen).toBe('history');
});

test('[REP1][REP2][REP3] a draft is tried on past calls: what would change and what was stopped alike is listed and opens its moment', async () => {
  const { console, step, press } = await open(
    {
      'list-policies': {
        label: 'demo@1',
        documents: [{ name: 'demo', source: 'shipped', text: '{"name":"demo"}' }],
      },
      'replay-policy': {
        label: 'demo@2',
        callCount: 3,
        judgedCount: 12,
        changes: [
          {
            callId: LONG_CALL_ID,
            chunkId: 'k',
            seq: 40,
            atMs: HIT_MS,
            change: 'newly-vetoed',
            draft: 'It arrives on Friday.',
            before: { decision: 'allow', text: '', policy: null },
            after: { decision: 'veto', text: '', policy: 'no-dates' },
          },
        ],
        clusters: [
          {
            example: 'I guarantee it.',
            policy: 'no-guarantee',
            count: 4,
            members: [{ callId: LONG_CALL_ID, seq: 44, atMs: VETO_MS, text: 'I can guarantee it.' }],
            article: { docId: 'delivery', title: 'Delivery times' },
          },
        ],
      },
    },
    'Policies',
  );
  act(() => screen.getByRole('button', { name: 'Judge past calls' }).click());
  await step(100);
  expect(screen.getByText(/12 sentences of 3 calls judged by demo@2/u)).toBeTruthy();
  expect(screen.getByRole('region', { name: 'What was stopped alike' }).textContent).toContain(
    'nearest article: Delivery times (delivery)',
  );
  act(() => screen.getByText('It arrives on Friday.').click());
  await step(100);
  expect(console.replay.state.getState().atMs).toBe(HIT_MS);
  await press('Escape');
  await step(100);
  act(() => screen.getByRole('button', { name: /^I guarantee it/u }).click());
  const group = screen.getByRole('list', { name: 'Sentences like “I guarantee it.”' });
  expect(group.textContent).toContain('And 3 before these');
  act(() =>
    within(group)
      .getByRole('button', { name: /I can guarantee it/u })
      .click(),
  );
  await step(100);
  expect(console.ui.getState().screen).toBe('call');
  expect(console.call.state.getState().callId).toBe(LONG_CALL_ID);
  expect(console.replay.state.getState().atMs).toBe(VETO_MS);
});

test('[SYN16] the proof of the record names what is not as it was written', async () => {
  const { step } = await open(
    {
      'prove-audit': {
        verdict: 'fail',
        chains: 3,
        entries: 9,
        events: 20,
        accessRows: 1,
        anchors: 1,
        receipts: 0,
        parked: 0,
        faults: [
          {
            rule: 'event',
            orgId: 'o',
            deviceId: 'call.c1',
            epoch: 0,
            seq: 17,
            says: 'This event of the call is missing.',
          },
        ],
      },
    },
    'Proof',
  );
  act(() => screen.getByRole('button', { name: 'Prove the record' }).click());
  await step(100);
  expect(screen.getByRole('region', { name: 'Proof of the record' }).textContent).toContain(
    'call.c1 at 17 This event of the call is missing.',
  );
});
