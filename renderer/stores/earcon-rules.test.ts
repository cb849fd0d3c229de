import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallId } from '#shared/domain/ids.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import type { StreamDown } from '#shared/ipc/streams.ts';
import { EARCONS, type Earcon } from '#renderer/media/earcons.ts';
import { snapshotOf } from '#tests/fixtures/fake-desk.ts';
import { richCall } from '#tests/fixtures/rich-call.ts';
import { entriesOf } from '#tests/fixtures/stepped-clock.ts';
import { eventOf } from '#tests/fixtures/stored-call.ts';
import {
  ANY_GAP_MS,
  earconOf,
  linkEarcon,
  nextEarcon,
  SAME_GAP_MS,
  sceneAfter,
  type EarconLog,
  type EarconScene,
} from './earcon-rules.ts';
import { newEvents } from './feed.ts';

const here: EarconScene = { callId: 'call-1' as CallId, isOnLine: false, userId: 'maya', edges: [] };
const maya = { userId: 'u', userName: 'Maya' };
const event = (draft: object, callId = 'call-1'): CallEvent => eventOf(callId, 1, draft as CallEventDraft);

const VETO = event({
  type: 'chunk.vetoed',
  chunkId: 'b',
  by: 'policy',
  policy: 'no-guarantee',
  reason: 'absolute-promise',
  remedy: 'rephrase',
  auditId: 'a',
  verdicts: [],
  judgeMs: 1,
});
const TOOL = {
  type: 'tool.finished',
  auditId: 'a',
  tool: 't',
  latencyMs: 1,
  requestHash: '',
  responseHash: '',
  redactedRequest: '',
  redactedResponse: '',
};

test('[EAR3] the opened call is heard, of others only that they need a person', () => {
  const attention = { type: 'attention.raised', reason: 'asked-for-person' };
  expect(earconOf(VETO, here)).toBe('veto');
  expect(earconOf(VETO, { ...here, callId: null })).toBeNull();
  expect(earconOf(event({ ...TOOL, status: 'timeout' }), here)).toBe('tool-failed');
  expect(earconOf(event({ ...TOOL, status: 'ok' }), here)).toBeNull();
  expect(earconOf(event({ type: 'silence.noticed', silenceMs: 8_000 }), here)).toBe('silence');
  expect(earconOf(event({ type: 'takeover.live', ...maya, firstHumanSample: 0, liveMs: 90 }), here)).toBe(
    'takeover-on',
  );
  expect(
    earconOf(event({ type: 'takeover.ended', ...maya, cause: 'lease-lost', durationMs: 1, notes: '' }), here),
  ).toBe('takeover-off');
  expect(earconOf(event(attention, 'call-2'), here)).toBe('call-needs-person');
  expect(earconOf(event(attention, 'call-2'), { ...here, isOnLine: true })).toBeNull();
});

test('[EAR3] nobody is told of a veto of their own', () => {
  expect(earconOf({ ...VETO, by: 'supervisor' } as CallEvent, here)).toBeNull();
});

test('[EAR6] a whisper to this person sounds as it begins, once, and to nobody else', () => {
  const matrix = (edges: [string, string][], callId?: string): CallEvent =>
    event({ type: 'audibility.changed', edges, sample: 0 }, callId);
  const spoken: [string, string][] = [
    ['caller', 'human:maya'],
    ['human:maya', 'caller'],
    ['caller', 'human:jun'],
  ];
  const whispered: [string, string][] = [...spoken, ['coach:jun', 'human:maya']];
  const heard = (scene: EarconScene, events: readonly CallEvent[]): readonly (Earcon | null)[] => {
    let now = scene;
    return events.map(one => {
      const earcon = earconOf(one, now);
      now = sceneAfter(now, one);
      return earcon;
    });
  };
  const onLine = { ...here, isOnLine: true };
  const changes = [matrix(spoken), matrix(whispered), matrix([...whispered, ['human:maya', 'human:jun']])];
  expect(heard(onLine, [...changes, matrix(spoken), matrix(whispered)])).toEqual([
    null,
    'whispered-to',
    null,
    null,
    'whispered-to',
  ]);
  for (const userId of ['jun', 'ada', ''])
    expect(heard({ ...onLine, userId }, changes)).toEqual([null, null, null]);
  expect(heard({ ...onLine, edges: null }, changes)).toEqual([null, null, null]);
  expect(heard({ ...onLine, edges: whispered }, [matrix(whispered)])).toEqual([null]);
  expect(heard(onLine, [matrix(whispered, 'call-2')])).toEqual([null]);
});

test('[EAR1] the link tells that it is lost and that it is back, not that it is there', () => {
  expect(linkEarcon(null, 'live')).toBeNull();
  expect(linkEarcon('live', 'lost')).toBe('link-lost');
  expect(linkEarcon('lost', 'lost')).toBeNull();
  expect(linkEarcon('lost', 'live')).toBe('link-back');
});

test('[EAR2] a snapshot is no news, and an entry is news once, in whatever pieces the stream brings it', () => {
  const all = entriesOf(richCall());
  const batch = (entries: JournalEntry[]): StreamDown<'floor'> => ({ type: 'batch', entries, notices: [] });
  const snapshot = snapshotOf(all);
  expect(newEvents(-1, [snapshot])).toEqual([]);
  expect(newEvents(-1, [snapshot, batch(all.slice(-3))])).toEqual([]);
  fc.assert(
    fc.property(fc.nat(all.length - 1), fc.nat(all.length), fc.nat(all.length), (from, cut, back) => {
      const rest = all.slice(from);
      const messages = [batch(rest.slice(0, cut)), batch(rest.slice(Math.max(0, cut - back)))];
      expect(newEvents(from - 1, messages)).toEqual(rest.map(entry => entry.event));
    }),
  );
});

test('[EAR4] sounds never come closer than their gaps, and the most urgent wins', () => {
  expect(nextEarcon({}, ['silence', 'veto', 'link-lost'], 0)).toBe('link-lost');
  const burst = fc.array(fc.tuple(fc.nat(4_000), fc.subarray([...EARCONS])), { maxLength: 60 });
  fc.assert(
    fc.property(burst, steps => {
      let log: EarconLog = {};
      const heard: (readonly [atMs: number, earcon: Earcon])[] = [];
      let mono = 0;
      for (const [afterMs, wanted] of steps) {
        mono += afterMs;
        const earcon = nextEarcon(log, wanted, mono);
        if (earcon === null) continue;
        expect(wanted).toContain(earcon);
        heard.push([mono, earcon]);
        log = { ...log, [earcon]: mono };
      }
      heard.forEach(([atMs, earcon], at) => {
        const before = heard.slice(0, at);
        for (const [earlierMs, other] of before)
          expect(atMs - earlierMs).toBeGreaterThanOrEqual(other === earcon ? SAME_GAP_MS : ANY_GAP_MS);
      });
    }),
  );
});
