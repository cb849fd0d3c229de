import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomFact, RoomMember } from '#worker/livekit/worker-room.ts';
import type { LineFailure } from './line-end.ts';
import {
  NO_CALL_YET,
  stepRoomCall,
  type ReferAnswer,
  type RoomCallEffect,
  type RoomCallInput,
  type RoomCallRules,
  type RoomCallState,
  type Wait,
} from './room-call-machine.ts';

const RULES: RoomCallRules = {
  arrivalMs: 30_000,
  reloadMs: 3000,
  lossMs: 10_000,
  audioMs: 8000,
  transferSettleMs: 400,
  transferMs: 5000,
  dialAnswerMs: 2000,
  dials: null,
  isCaller: member => member.identity === 'caller-1' || member.kind === 'sip',
};
const browser: RoomMember = { identity: 'caller-1', name: 'Web', kind: 'standard', attributes: {} };
const phone = (callStatus: string): RoomMember => ({
  identity: 'sip_+49',
  name: 'Phone +49',
  kind: 'sip',
  attributes: { 'sip.callStatus': callStatus },
});
const other: RoomMember = { identity: 'sup-u-live', name: '', kind: 'standard', attributes: {} };

const fact = (told: RoomFact, silentMs = 0): RoomCallInput => ({ type: 'fact', fact: told, silentMs });
const joined = (member: RoomMember): RoomCallInput => fact({ type: 'member.joined', member });
const left = (member: RoomMember, reason: number, silentMs = 0): RoomCallInput =>
  fact({ type: 'member.left', member, reason }, silentMs);
const status = (callStatus: string): RoomCallInput =>
  fact({
    type: 'attributes.changed',
    member: phone(callStatus),
    changed: { 'sip.callStatus': callStatus },
  });
const audio = (is: 'on' | 'muted' | 'off'): RoomCallInput =>
  fact({ type: 'audio.changed', identity: 'caller-1', audio: is });
const waited = (wait: Wait, callerHere = false): RoomCallInput => ({
  type: 'waited',
  for: wait,
  callerHere,
});

let rules = RULES;

function run(...inputs: RoomCallInput[]): { state: RoomCallState; effects: RoomCallEffect[] } {
  let state = NO_CALL_YET;
  const effects: RoomCallEffect[] = [];
  for (const input of [{ type: 'joined' } as const, ...inputs]) {
    const [next, more] = stepRoomCall(state, input, rules);
    state = next;
    effects.push(...more);
  }
  return { state, effects };
}

/** What anybody outside notices, one word each. */
function noticed(...inputs: RoomCallInput[]): string[] {
  return run(...inputs).effects.flatMap(effect => {
    switch (effect.do) {
      case 'ring':
      case 'connect':
        return [effect.do];
      case 'press':
        return [`press ${effect.digit}`];
      case 'end':
        return [effect.end.type === 'call.ended' ? `ended by ${effect.end.by}` : `failed ${effect.end.code}`];
      case 'remove':
        return [`remove ${effect.identity}`];
      case 'leave':
        return [`leave ${effect.outcome}`];
      case 'dial':
        return ['dial'];
      case 'refer':
        return [`refer ${effect.target}`];
      case 'transferred':
        return [`transfer ${effect.outcome}`];
      default:
        return [];
    }
  });
}

const dialled = (failure: LineFailure | null): RoomCallInput => ({ type: 'dialled', failure });
const ANSWER: RoomCallInput = { type: 'answer' };
const HANG_UP: RoomCallInput = { type: 'hang-up' };

describe('ringing', () => {
  test('[SIP1] rings for its caller and nobody else, once', () => {
    expect(noticed(joined(other))).toEqual([]);
    expect(noticed(joined(other), joined(browser), joined(browser))).toEqual(['ring']);
    expect(noticed(joined(phone('ringing')))).toEqual(['ring']);
  });

  test('[SIP1] a room without a caller is left when the limit has passed', () => {
    expect(run().effects).toEqual([{ do: 'wait', for: 'arrival', ms: 30_000 }]);
    expect(noticed(joined(other), waited('arrival'))).toEqual(['leave failed']);
    expect(noticed(joined(browser), waited('arrival'))).toEqual(['ring']);
  });
});

describe('answering', () => {
  test('[SIP2] a browser is connected when its audio flows, whether before or after the answer', () => {
    expect(noticed(joined(browser), ANSWER)).toEqual(['ring']);
    expect(noticed(joined(browser), ANSWER, audio('on'))).toEqual(['ring', 'connect']);
    expect(noticed(joined(browser), audio('muted'), ANSWER)).toEqual(['ring', 'connect']);
    expect(noticed(joined(browser), audio('on'))).toEqual(['ring']);
  });

  test('[SIP2] a phone is connected when it says that it was picked up', () => {
    expect(noticed(joined(phone('ringing')), ANSWER, status('ringing'))).toEqual(['ring']);
    expect(noticed(joined(phone('ringing')), ANSWER, status('active'))).toEqual(['ring', 'connect']);
    expect(noticed(joined(phone('active')), ANSWER)).toEqual(['ring', 'connect']);
  });

  test('[SIP2] what never comes is waited for up to a limit', () => {
    expect(run(joined(browser), ANSWER).effects.at(-1)).toEqual({ do: 'wait', for: 'audio', ms: 8000 });
    expect(noticed(joined(browser), ANSWER, waited('audio', true))).toEqual(['ring', 'connect']);
    expect(noticed(joined(browser), waited('audio', true))).toEqual(['ring']);
    // Nobody is connected while they are away.
    const away = [joined(browser), ANSWER, left(browser, 1), waited('audio')];
    expect(noticed(...away)).toEqual(['ring']);
    expect(noticed(...away, joined(browser), waited('audio', true))).toEqual(['ring', 'connect']);
  });
});

const connectedBrowser = [joined(browser), audio('on'), ANSWER];
const connectedPhone = [joined(phone('active')), ANSWER];

describe('going away', () => {
  test('[SIP4] a page that is loaded again goes on with its call', () => {
    const away = run(...connectedBrowser, left(browser, 1));
    expect(away.effects.at(-1)).toEqual({ do: 'wait', for: 'return', ms: 3000 });
    expect(noticed(...connectedBrowser, left(browser, 1), joined(browser), waited('return'))).toEqual([
      'ring',
      'connect',
    ]);
    expect(noticed(...connectedBrowser, left(browser, 1), waited('return'))).toEqual([
      'ring',
      'connect',
      'ended by caller',
      'leave success',
    ]);
  });

  test('[SIP4] one who is listed is here, in whatever order leaving and joining were told', () => {
    const swapped = [...connectedBrowser, joined(browser), left(browser, 2)];
    expect(noticed(...swapped, waited('return', true))).toEqual(['ring', 'connect']);
  });

  test('[SIP4] while our own connection is gone nobody is taken for gone', () => {
    const down = fact({ type: 'connection', state: 'reconnecting' });
    const up = fact({ type: 'connection', state: 'connected' });
    const lost = [...connectedPhone, down, left(phone('active'), 1), waited('return')];
    expect(noticed(...lost)).toEqual(['ring', 'connect']);
    expect(noticed(...lost, up, joined(phone('ringing')), waited('return'))).toEqual(['ring', 'connect']);
    expect(noticed(...lost, up, waited('return')).at(-1)).toBe('leave success');
  });
});

describe('the end', () => {
  test.each([
    ['hung up', 1, 0, 'ended by caller'],
    ['stopped sending and was hung up for it', 1, 15_000, 'failed line.media-lost'],
    ['was removed', 4, 0, 'ended by us'],
    ['lost its room', 5, 0, 'ended by us'],
    ['was lost with livekit-sip', 14, 0, 'failed line.lost'],
    ['failed at the trunk', 13, 0, 'failed line.trunk-failed'],
    ['failed in its media', 15, 0, 'failed line.media-lost'],
  ])('[SIP5] a phone that %s', (_, reason, silentMs, end) => {
    expect(noticed(...connectedPhone, left(phone('active'), reason, silentMs)).slice(2)).toEqual([
      end,
      'leave success',
    ]);
  });

  test.each([
    [5, 'ended by us'],
    [2, 'failed line.displaced'],
    [4, 'failed line.displaced'],
    [14, 'failed line.lost'],
  ])('[SIP5] a room that is closed with reason %i', (reason, end) => {
    expect(noticed(...connectedBrowser, fact({ type: 'room.closed', reason })).slice(2)).toEqual([
      end,
      'leave success',
    ]);
  });

  test('[SIP5] a status that goes back, or says that it hung up, ends nothing', () => {
    expect(noticed(...connectedPhone, status('ringing'), status('hangup'))).toEqual(['ring', 'connect']);
    expect(noticed(joined(phone('active')), status('ringing'), ANSWER)).toEqual(['ring', 'connect']);
  });

  test('[SIP6] hanging up removes the caller and leaves', () => {
    expect(noticed(...connectedPhone, HANG_UP, HANG_UP).slice(2)).toEqual([
      'ended by us',
      'remove sip_+49',
      'leave success',
    ]);
  });

  test('[SIP7] keys of the caller only, and only once connected', () => {
    const key = (identity: string): RoomCallInput => fact({ type: 'dtmf', identity, digit: '5' });
    expect(noticed(joined(phone('ringing')), key('sip_+49'))).toEqual(['ring']);
    expect(noticed(...connectedPhone, key('sip_other'), key('sip_+49')).slice(2)).toEqual(['press 5']);
    expect(noticed(...connectedPhone, left(other, 1))).toEqual(['ring', 'connect']);
  });
});

const REFER: RoomCallInput = { type: 'transfer', target: 'tel:+491' };
const referAnswered = (answer: ReferAnswer): RoomCallInput => ({ type: 'refer-answered', answer });
const referred = [...connectedPhone, REFER];
const gone = left(phone('active'), 1);

describe('a transfer', () => {
  test.each<[string, RoomCallInput[], string[]]>([
    [
      'is accepted when the phone leaves some time after a success',
      [referAnswered('ok'), waited('transfer'), gone],
      ['transfer accepted', 'ended by transfer', 'leave success'],
    ],
    [
      'is uncertain when it leaves as the success is told',
      [referAnswered('ok'), gone],
      ['transfer uncertain', 'ended by transfer', 'leave success'],
    ],
    [
      'is uncertain when it had left before',
      [gone, referAnswered('ok')],
      ['transfer uncertain', 'ended by transfer', 'leave success'],
    ],
    [
      'is uncertain when it stays after a success',
      [referAnswered('ok'), waited('transfer'), waited('transfer')],
      ['transfer uncertain'],
    ],
    [
      'is uncertain when it leaves after a time-out',
      [referAnswered('timed-out'), gone],
      ['transfer uncertain', 'ended by transfer', 'leave success'],
    ],
    [
      'is uncertain when it left before the time-out',
      [gone, referAnswered('timed-out')],
      ['transfer uncertain', 'ended by transfer', 'leave success'],
    ],
    [
      'is refused when it stays after a time-out',
      [referAnswered('timed-out'), waited('transfer')],
      ['transfer refused'],
    ],
    ['is refused, and the call goes on', [referAnswered('refused')], ['transfer refused']],
    [
      'is refused, and the caller has hung up meanwhile',
      [gone, referAnswered('refused')],
      ['transfer refused', 'ended by caller', 'leave success'],
    ],
    [
      'is uncertain when we hang up meanwhile',
      [HANG_UP, referAnswered('ok')],
      ['transfer uncertain', 'ended by us', 'remove sip_+49', 'leave success'],
    ],
    [
      'is uncertain when livekit-sip dies',
      [left(phone('active'), 14), referAnswered('timed-out')],
      ['transfer uncertain', 'failed line.lost', 'leave success'],
    ],
  ])('[SIP21][SIP22][SIP23] %s', (_, inputs, then) => {
    expect(noticed(...referred, ...inputs)).toEqual(['ring', 'connect', 'refer tel:+491', ...then]);
  });

  test('[SIP20] one at a time, and another one after it', () => {
    expect(noticed(...referred, REFER)).toEqual(['ring', 'connect', 'refer tel:+491']);
    expect(noticed(...referred, referAnswered('refused'), REFER).slice(2)).toEqual([
      'refer tel:+491',
      'transfer refused',
      'refer tel:+491',
    ]);
    expect(noticed(joined(phone('ringing')), REFER)).toEqual(['ring']);
  });
});

describe('a call we make', () => {
  const dialling = (...inputs: RoomCallInput[]): string[] => {
    rules = { ...RULES, dials: phone('') };
    const words = noticed(...inputs);
    rules = RULES;
    return words;
  };
  const leaves = (reason: number): RoomCallInput[] => [
    joined(phone('dialing')),
    left(phone('ringing'), reason),
  ];

  test('[SIP30] is announced at once and connects when it is picked up', () => {
    expect(dialling()).toEqual(['ring', 'dial']);
    expect(dialling(ANSWER, joined(phone('dialing')), status('ringing'))).toEqual(['ring', 'dial']);
    expect(dialling(ANSWER, joined(phone('dialing')), status('active'))).toEqual(['ring', 'dial', 'connect']);
    expect(dialling(ANSWER, joined(phone('dialing')), dialled(null))).toEqual(['ring', 'dial', 'connect']);
  });

  test('[SIP30] fails with what the API says, before or after the room tells', () => {
    const then = ['failed line.busy', 'leave success'];
    expect(dialling(ANSWER, dialled('line.busy')).slice(2)).toEqual(then);
    expect(dialling(ANSWER, ...leaves(12), dialled('line.busy')).slice(2)).toEqual(then);
    expect(dialling(ANSWER, dialled('line.busy'), ...leaves(12)).slice(2)).toEqual(then);
  });

  test.each([
    [11, 'line.no-answer'],
    [12, 'line.declined'],
    [1, 'line.trunk-failed'],
    [13, 'line.trunk-failed'],
    [14, 'line.lost'],
  ])('[SIP30] fails with what the room said, reason %i, when the API is silent', (reason, code) => {
    expect(dialling(ANSWER, ...leaves(reason)).slice(2)).toEqual([]);
    expect(dialling(ANSWER, ...leaves(reason), waited('return')).slice(2)).toEqual([
      `failed ${code}`,
      'leave success',
    ]);
  });

  test('[SIP32] stops ringing when we hang up', () => {
    expect(dialling(joined(phone('dialing')), HANG_UP, dialled('line.no-answer')).slice(2)).toEqual([
      'ended by us',
      'remove sip_+49',
      'leave success',
    ]);
  });
});

const anyMember = fc.constantFrom(browser, phone('ringing'), phone('active'), other);
const anyReason = fc.integer({ min: 0, max: 16 });
const anyInput: fc.Arbitrary<RoomCallInput> = fc.oneof(
  anyMember.map(joined),
  fc
    .tuple(anyMember, anyReason, fc.constantFrom(0, 20_000))
    .map(([member, reason, ms]) => left(member, reason, ms)),
  fc.constantFrom('ringing', 'active', 'hangup', 'dialing').map(status),
  fc.constantFrom('on', 'muted', 'off').map(is => audio(is as 'on')),
  fc
    .constantFrom('connected', 'reconnecting')
    .map(state => fact({ type: 'connection', state: state as 'connected' })),
  fc.constant(fact({ type: 'dtmf', identity: 'caller-1', digit: '1' })),
  anyReason.map(reason => fact({ type: 'room.closed', reason })),
  fc
    .tuple(fc.constantFrom('arrival', 'return', 'audio', 'transfer'), fc.boolean())
    .map(([wait, here]) => waited(wait, here)),
  fc.constantFrom('ok', 'refused', 'timed-out').map(answer => referAnswered(answer as 'ok')),
  fc.constantFrom(REFER, dialled(null), dialled('line.busy')),
  fc.constantFrom(ANSWER, HANG_UP),
);

test('[SIP3] whatever happens in whatever order, it rings, connects and ends at most once, in this order', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), inputs => {
      const words = noticed(...inputs).map(word => word.split(' ')[0] ?? '');
      const count = (...of: string[]): number => words.filter(word => of.includes(word)).length;
      expect(count('ring')).toBeLessThanOrEqual(1);
      expect(count('connect')).toBeLessThanOrEqual(count('ring'));
      expect(count('ended', 'failed')).toBeLessThanOrEqual(count('ring'));
      const order = words.filter(word => ['ring', 'connect', 'ended', 'failed', 'leave'].includes(word));
      const rank: Record<string, number> = { ring: 0, connect: 1, ended: 2, failed: 2, leave: 3 };
      expect(order).toEqual([...order].sort((a, b) => (rank[a] ?? 9) - (rank[b] ?? 9)));
      // The room's end ends whatever is left, so that every ring has its end and every room is left.
      const closed = noticed(...inputs, HANG_UP).map(word => word.split(' ')[0] ?? '');
      const all = (...of: string[]): number => closed.filter(word => of.includes(word)).length;
      expect(all('ended', 'failed')).toBe(all('ring'));
      expect(all('leave')).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test('[SIP3] nothing is left to wait for after the end', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), inputs => {
      const waiting = new Set<string>();
      for (const effect of run(...inputs, HANG_UP).effects) {
        if (effect.do === 'wait') waiting.add(effect.for);
        if (effect.do === 'stop-waiting') waiting.delete(effect.for);
      }
      expect([...waiting]).toEqual([]);
    }),
  );
});

test('[SIP23] every transfer that was asked for is settled exactly once, before the end', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), inputs => {
      const words = noticed(...connectedPhone, ...inputs, HANG_UP).map(word => word.split(' ')[0] ?? '');
      let open = 0;
      for (const word of words) {
        if (word === 'refer') open += 1;
        if (word === 'transfer') open -= 1;
        expect([0, 1]).toContain(open);
        if (word === 'ended' || word === 'failed') expect(open).toBe(0);
      }
      expect(open).toBe(0);
    }),
    { numRuns: 500 },
  );
});
