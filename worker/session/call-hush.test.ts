import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import { audibility } from '#shared/domain/audibility.ts';
import { HUSHED_KEY, HUSHED_WORDS, type HushScope } from '#shared/domain/hush.ts';
import type { CallId, NoteId, OrgId, TurnId, UserId } from '#shared/domain/ids.ts';
import { retentionOf } from '#shared/domain/retention.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import type { Notice } from '#shared/protocol/notices.ts';
import { CallMixer } from '#worker/media/loopback/call-mixer.ts';
import { peak } from '#worker/media/loopback/mix.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { CallHush } from './call-hush.ts';
import { CallRecording } from './call-recording.ts';
import { CallerTurns } from './caller-turns.ts';

const callId = 'call-1' as CallId;
const MAYA = 'maya' as UserId;
const JUN = 'jun' as UserId;
const CARD = 'four one one one one one one one one one one one one one one one';

/** One call's line with a monitor, somebody who has the call, and a recording; the caller speaks at a level all the time. */
function line(scope: HushScope = 'listeners') {
  const clock = createVirtualClock();
  const events: CallEventDraft[] = [];
  const notices: Notice[] = [];
  const recorded: number[] = [];
  const heardBy = { maya: 0, jun: 0 };
  const append = (draft: CallEventDraft): void => void events.push(draft);
  const humans = [
    { userId: MAYA, listening: true, mic: 'monitor' },
    { userId: JUN, listening: true, mic: 'live' },
  ] as const;
  const recording = new CallRecording({
    callId,
    orgId: 'org-1' as OrgId,
    notice: 'This call may be recorded.',
    retention: retentionOf('standard'),
    now: () => clock.now(),
    append,
    recorder: {
      start: () => ({ push: caller => recorded.push(peak(caller)), end: () => undefined }),
    },
  });
  const mixer = new CallMixer({
    pullAi: () => null,
    toCaller: () => undefined,
    onLevels: () => undefined,
    onHumanHeard: () => undefined,
    onLine: (caller, heard) => recording.frame(caller, heard, hush.on),
  });
  const apply = (): void => void mixer.apply({ floor: 'human', humans, hush: hush.scope });
  const hush: CallHush = new CallHush({
    clock,
    scope,
    append,
    nextSample: () => mixer.nextSample,
    onChange: apply,
  });
  mixer.listen(MAYA, frame => (heardBy.maya = peak(frame.samples)), () => undefined); // prettier-ignore
  mixer.listen(JUN, frame => (heardBy.jun = peak(frame.samples)), () => undefined); // prettier-ignore
  apply();
  recording.spoken('c' as never, 'This call may be recorded.', 0);
  const turns = new CallerTurns({
    callId,
    clock,
    newId: () => 'turn-1',
    append,
    notice: (notice: Notice) => notices.push(notice),
    hushes: (text: string, isFinal: boolean) => hush.heard(text, isFinal),
    speculation: () => null,
    silentMs: () => 0,
    measure: { committed: () => undefined } as never,
    onCommitted: (_turnId: TurnId) => undefined,
    onAbandoned: () => undefined,
    onUnused: (_notes: readonly NoteId[]) => undefined,
  } as unknown as ConstructorParameters<typeof CallerTurns>[0]);
  return {
    clock,
    events,
    notices,
    recorded,
    heardBy,
    hush,
    turns,
    tick: () =>
      mixer.onCallerFrame({
        callId,
        sampleOffset: mixer.nextSample,
        samples: new Int16Array(FRAME_SAMPLES).fill(8000),
      }),
  };
}

describe('hush of a call', () => {
  test('[HUSH3][HUSH4] from the seventh digit on the monitor and the recording are silent, and hear again 3 s after the number', () => {
    const { clock, tick, heardBy, recorded, turns, events } = line();
    tick();
    expect(heardBy.maya).toBeGreaterThan(0.2);
    turns.onTranscript('my card is four one one one one one one', false);
    tick();
    expect(heardBy.maya).toBe(0);
    expect(heardBy.jun).toBeGreaterThan(0.2);
    turns.onTranscript(CARD, true);
    clock.advance(2999);
    tick();
    expect(heardBy.maya).toBe(0);
    clock.advance(1);
    tick();
    expect(heardBy.maya).toBeGreaterThan(0.2);
    expect(recorded.map(level => level > 0.2)).toEqual([true, false, false, true]);
    expect(events.filter(event => event.type.startsWith('hush'))).toMatchObject([
      { type: 'hush.started', cause: 'digits-spoken', sample: 320 },
      { type: 'hush.ended', cause: 'number-complete', durationMs: 3000, sample: 960 },
    ]);
  });

  test('[HUSH3] where the organisation wants it the person on the line hears nothing either; the AI always does', () => {
    const { hush, tick, heardBy } = line('everybody');
    hush.byHand(true, { userId: 'u', userName: 'Morgan' });
    tick();
    expect(heardBy).toEqual({ maya: 0, jun: 0 });
    const edges = audibility({
      floor: 'human',
      humans: [
        { userId: MAYA, listening: true, mic: 'barge' },
        { userId: JUN, listening: true, mic: 'armed' },
      ],
      hush: 'listeners',
    });
    expect(edges).toEqual([
      ['caller', 'ai'],
      ['human:maya', 'caller'],
    ]);
  });

  test('[HUSH5] no event and no notice holds words that were said during it, and the AI still gets them', () => {
    const { turns, events, notices, clock } = line();
    turns.onTranscript('my name is Elena and my number is 4111 1111', false);
    turns.onTranscript('my name is Elena and my number is 4111 1111 1111 1111', true);
    expect(turns.commit()).toBe(true);
    clock.advance(3000);
    turns.onTranscript('thank you', true);
    const written = JSON.stringify([events, notices]);
    expect(written).not.toContain('Elena');
    expect(written).not.toContain('1111');
    expect(events.filter(event => event.type === 'transcript.final').map(({ text }) => text)).toEqual([
      HUSHED_WORDS,
      'thank you',
    ]);
    expect(events.find(event => event.type === 'turn.committed')).toMatchObject({ text: HUSHED_WORDS });
    expect(turns.takeUnanswered()).toBe('my name is Elena and my number is [card number] thank you');
  });

  test('[HUSH5] a piece of speech that a hush touched stays unwritten, although the hush is over when it is final', () => {
    const { turns, hush, events } = line();
    turns.onTranscript('it is 4111 1111', false);
    hush.byHand(false, { userId: 'u', userName: 'Morgan' });
    turns.onTranscript('it is 4111 1111 well never mind', true);
    expect(events.findLast(event => event.type === 'transcript.final')).toMatchObject({ text: HUSHED_WORDS });
  });

  test('[HUSH6] keys are named until they are a number, and not after', () => {
    const { hush, clock } = line();
    const keys = [...'4111111'].map(digit => {
      clock.advance(300);
      return hush.key(digit);
    });
    expect(keys.join('')).toBe(`4111${HUSHED_KEY.repeat(3)}`);
    expect(hush.on).toBe(true);
    clock.advance(5000);
    expect(hush.on).toBe(false);
    expect(hush.key('1')).toBe('1');
  });

  test('[HUSH1] a question that the caller has heard begins it before the first digit', () => {
    const { hush } = line();
    hush.aiSaid('How can I help you?');
    expect(hush.on).toBe(false);
    hush.aiSaid('Could you tell me the card number?');
    expect(hush.on).toBe(true);
    expect(hush.key('4')).toBe(HUSHED_KEY);
  });

  test('[HUSH8] the end of the call ends it, and no timer is left', () => {
    const { hush, events, clock } = line();
    hush.byHand(true, { userId: 'u', userName: 'Morgan' });
    hush.end();
    clock.advance(500_000);
    expect(events.filter(event => event.type.startsWith('hush'))).toMatchObject([
      { cause: 'supervisor', userName: 'Morgan' },
      { cause: 'call-ended' },
    ]);
  });
});
