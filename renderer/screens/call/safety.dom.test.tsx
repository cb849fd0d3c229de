import { act, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { CallEvent } from '#shared/events/call-event.ts';
import { renderConsole } from '#tests/fixtures/render-console.tsx';
import { MAYA, RICH_CALL_ID, richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';

type View = Awaited<ReturnType<typeof renderConsole>>;

/** The rich call with its refusal as the given policy has it. */
const opened = (overridable: boolean, role: 'supervisor' | 'agent' = 'supervisor'): Promise<View> => {
  const events = richCall().map(event => (event.type === 'chunk.vetoed' ? { ...event, overridable } : event));
  return renderConsole({ entries: entriesOf(events), role }, 'call');
};

let position = 100_000;
async function push({ desk, console, step }: View, event: object): Promise<void> {
  const { lastSeq, ringingAtMs } = console.call.state.getState().timeline;
  position += 1;
  desk.push({
    type: 'batch',
    notices: [],
    entries: [
      {
        position,
        event: {
          v: 1,
          id: `event-${String(position)}`,
          orgId: 'org',
          conversationId: RICH_CALL_ID,
          seq: lastSeq + 1,
          atMs: (ringingAtMs ?? 0) + 190_000,
          ...event,
        } as CallEvent,
      },
    ],
  });
  await step();
}

test('[GATE75] R releases what was refused, a digit says why, and the card tells who did it', async () => {
  const view = await opened(true);
  const log = within(screen.getByRole('log'));
  expect(log.getByRole('button', { name: /Release/ })).toBeTruthy();
  expect(
    within(screen.getByRole('region', { name: 'What you can do' })).getByRole('button', {
      name: /Release/,
    }),
  ).toBeTruthy();
  await view.press('r');
  expect(view.desk.sent.at(-1)).toEqual({
    callId: RICH_CALL_ID,
    verb: 'release-chunk',
    args: { chunkId: 'b-4' },
  });
  await push(view, { type: 'chunk.overruled', chunkId: 'b-4', policies: ['no-refund-promise'], ...MAYA });
  expect(screen.queryByRole('button', { name: /^Release/ })).toBeNull();
  expect(screen.getByRole('group', { name: 'Why do you release it' })).toBeTruthy();
  await view.press('3');
  expect(view.desk.sent.at(-1)).toEqual({
    callId: RICH_CALL_ID,
    verb: 'set-release-reason',
    args: { chunkId: 'b-4', reason: 'manager-approved' },
  });
  expect(screen.queryByRole('group', { name: 'Why do you release it' })).toBeNull();
  await push(view, {
    type: 'chunk.release-reasoned',
    chunkId: 'b-4',
    reason: 'manager-approved',
    ...MAYA,
  });
  expect(log.getByText(`Released by ${MAYA.userName}: approved by a manager`)).toBeTruthy();
});

test('[GATE75] nothing offers a release where the policy does not allow it, or the person may not', async () => {
  const view = await opened(false);
  expect(screen.queryByRole('button', { name: /Release/ })).toBeNull();
  await view.press('r');
  expect(view.desk.sent).toEqual([]);
  view.unmount();
  const agent = await opened(true, 'agent');
  expect(screen.queryByRole('button', { name: /Release|Slow-safe|Card data/ })).toBeNull();
  for (const key of ['r', 'd', 'c']) await agent.press(key);
  expect(agent.desk.sent).toEqual([]);
});

test('[GATE80] D steps through the waits, and the header says which one this call has', async () => {
  const view = await opened(true);
  await view.press('d');
  expect(view.desk.sent.at(-1)).toMatchObject({ verb: 'set-hold-back', args: { holdBackMs: 500 } });
  await push(view, { type: 'hold-back.set', holdBackMs: 1500, ...MAYA });
  expect(screen.getByTitle(`Set by ${MAYA.userName}`).textContent).toContain('waits 1.5 s');
  await view.press('d');
  expect(view.desk.sent.at(-1)).toMatchObject({ verb: 'set-hold-back', args: { holdBackMs: null } });
});

test('[HUSH9] a hush shows a lock and its words instead of the recording, until it ends; C begins and ends it', async () => {
  const view = await opened(true);
  await view.press('c');
  expect(view.desk.sent.at(-1)).toMatchObject({ verb: 'set-hush', args: { on: true } });
  await push(view, { type: 'recording.started', format: 'ogg-opus', sample: 0 });
  expect(screen.getByText('Recording')).toBeTruthy();
  await push(view, { type: 'hush.started', cause: 'digits-spoken', sample: 1, userId: null, userName: null });
  const lock = screen.getAllByRole('status').find(one => one.textContent?.includes('Card data'));
  expect(lock?.textContent).toContain('Card data: nobody listens, nothing is recorded');
  expect(screen.queryByText('Recording')).toBeNull();
  act(() => screen.getByRole('button', { name: /Card data/ }).click());
  await view.step();
  expect(view.desk.sent.at(-1)).toMatchObject({ verb: 'set-hush', args: { on: false } });
  await push(view, {
    type: 'hush.ended',
    cause: 'number-complete',
    sample: 2,
    durationMs: 5000,
    userId: null,
    userName: null,
  });
  expect(screen.getByText('Recording')).toBeTruthy();
});
