import { expect, test } from 'vitest';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { noCardData } from '#worker/policies/no-card-data.ts';
import { SpeechRig } from '#tests/fakes/speech-rig.ts';
import { auditCalls, readEvents } from './audit-calls.ts';

async function call() {
  const rig = new SpeechRig({
    rules: compileRules(
      [{ name: 'unused', overridable: false, exceptOrigins: [], phrases: [{ phrase: 'zzz', reason: 'z' }] }],
      [noCardData],
    ),
  });
  const utterance = rig.open({ lane: 'B', origin: 'reply', turnId: null });
  rig.gate.draft(utterance, { text: 'Good morning. ', citations: [], noteIds: [], toolFacts: [] });
  rig.gate.end(utterance);
  await rig.run(100);
  return rig.finish();
}

test('[MED47] a call is read in each of its forms and passes in one line', async () => {
  const events = await call();
  const forms = [
    JSON.stringify(events),
    JSON.stringify({ events }),
    events.map(event => JSON.stringify(event)).join('\n'),
  ];
  for (const form of forms) {
    expect(auditCalls(readEvents(form))).toEqual({
      lines: ['PASS call-rig: 1 chunks, 14 characters, 0.02 s in 1 pieces'],
      exitCode: 0,
    });
  }
});

test('[MED47] what fails is named, and the exit code says so', async () => {
  const events = await call();
  const without = events.filter(event => event.type !== 'chunk.allowed');
  const { lines, exitCode } = auditCalls(without);
  expect(exitCode).toBe(1);
  expect(lines[0]).toMatch(/^FAIL call-rig/);
  expect(lines.join('\n')).toContain('was released without a verdict');
  expect(auditCalls([]).exitCode).toBe(2);
  expect(() => readEvents('{"what": 1}')).toThrow();
});
