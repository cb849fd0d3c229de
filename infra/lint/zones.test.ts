import { describe, expect, test } from 'vitest';
import { importProblem, resolveImport } from './zones.ts';

const ALLOWED = [
  ['shared/projections/live-board.ts', 'shared/events/call-event.ts'],
  ['shared/ipc/commands.ts', 'shared/protocol/notices.ts'],
  ['shared/adapters/call-desk.ts', 'shared/protocol/supervision.ts'],
  ['shared/domain/ids.ts', 'zod'],
  ['shared/sqlite/open.ts', 'better-sqlite3'],
  ['shared/sqlite/open.ts', 'node:fs'],
  ['worker/entry/main.ts', 'worker/control/api.ts'],
  ['worker/host/call-host.ts', 'worker/session/call-session.ts'],
  ['worker/session/call-session.ts', 'worker/telephony/stub/stub-telephony-adapter.ts'],
  ['worker/telephony/stub/stub-telephony-adapter.ts', 'worker/telephony/stub/scenario.ts'],
  ['worker/policies/no-price-promise.ts', 'shared/domain/ids.ts'],
  ['worker/store/sqlite/sqlite-journal.ts', 'shared/sqlite/open.ts'],
  ['electron/browser-host/main.ts', 'electron/ipc/router.ts'],
  ['electron/main/window.ts', 'electron'],
  ['renderer/screens/floor/FloorScreen.tsx', 'renderer/components/CallRow.tsx'],
  ['renderer/stores/live-board.ts', 'renderer/bridge/desk.ts'],
  ['worker/turns/turn-machine.test.ts', 'tests/fakes/manual-clock.ts'],
  ['tests/e2e/floor.e2e.ts', 'worker/entry/main.ts'],
] as const;

const REFUSED = [
  ['shared/domain/ids.ts', 'shared/events/call-event.ts'],
  ['shared/domain/ids.ts', 'node:fs'],
  ['shared/domain/ids.ts', 'ws'],
  ['shared/config/worker-config.ts', 'shared/sqlite/open.ts'],
  ['shared/base/clock.ts', 'worker/entry/main.ts'],
  ['worker/turns/turn-runner.ts', 'worker/session/call-session.ts'],
  ['worker/host/call-host.ts', 'worker/control/api.ts'],
  ['worker/control/api.ts', 'worker/host/call-host.ts'],
  ['worker/policies/no-price-promise.ts', 'worker/knowledge/retriever.ts'],
  ['worker/policies/no-price-promise.ts', 'node:fs'],
  ['worker/telephony/stub/a.ts', 'worker/telephony/livekit-sip/b.ts'],
  ['worker/telephony/stub/a.ts', 'worker/media/loopback/b.ts'],
  ['worker/entry/main.ts', 'electron/core/settings.ts'],
  ['worker/entry/main.ts', 'electron'],
  ['electron/ipc/router.ts', 'electron'],
  ['electron/core/worker-link.ts', 'electron/ipc/router.ts'],
  ['electron/worker-host/start.ts', 'worker/entry/main.ts'],
  ['renderer/components/CallRow.tsx', 'renderer/stores/live-board.ts'],
  ['renderer/components/CallRow.tsx', 'renderer/bridge/desk.ts'],
  ['renderer/screens/floor/FloorScreen.tsx', 'renderer/bridge/desk.ts'],
  ['renderer/screens/floor/FloorScreen.tsx', 'renderer/screens/call/CallScreen.tsx'],
  ['renderer/stores/live-board.ts', 'shared/sqlite/open.ts'],
  ['renderer/stores/live-board.ts', 'node:path'],
  ['worker/turns/turn-machine.ts', 'tests/fakes/manual-clock.ts'],
  ['worker/turns/turn-machine.ts', 'infra/lint/zones.ts'],
] as const;

describe('import zones', () => {
  test.each(ALLOWED)('%s may import %s', (from, to) => {
    expect(importProblem(from, to)).toBeNull();
  });

  test.each(REFUSED)('%s may not import %s', (from, to) => {
    expect(importProblem(from, to)).toMatch(/\.$/);
  });
});

test.each([
  ['#shared/domain/ids.ts', 'shared/domain/ids.ts'],
  ['../turns/turn-machine.ts', 'worker/turns/turn-machine.ts'],
  ['./level.worklet.ts?worker&url', 'worker/lanes/level.worklet.ts'],
  ['@livekit/agents', '@livekit/agents'],
])('%s is %s', (specifier, target) => {
  expect(resolveImport('worker/lanes/gate.ts', specifier)).toBe(target);
});
