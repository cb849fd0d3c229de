import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HUSHED_WORDS } from '#shared/domain/hush.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventType } from '#shared/events/call-event.ts';
import { OggRecorder } from '#worker/media/recorder/ogg-recorder.ts';
import { recordingFile } from '#worker/media/recorder/recording-files.ts';
import { decodeChannel, levelAt } from '#tests/fixtures/recorded-audio.ts';
import { systemClock } from '#worker/entry/system-clock.ts';
import { digitRuns } from '#worker/policies/numbers.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { startCallBench, SUPERVISOR, toneLevel, type CallBench } from './call-bench.ts';

const recordings = mkdtempSync(join(tmpdir(), 'sidetone-recordings-'));
let bench: CallBench;
beforeAll(async () => {
  bench = await startCallBench({ recorder: new OggRecorder(recordings) });
});
afterAll(() => bench.stop());

const on = (callId: CallId, type: CallEventType, fits: (event: never) => boolean = () => true) =>
  bench.journal.until(
    event => event.conversationId === callId && event.type === type && fits(event as never),
  );
const eventsOf = (callId: CallId): readonly CallEvent[] =>
  bench.journal.events.filter(event => event.conversationId === callId);
const pass = (waitMs: number): Promise<void> => new Promise(resolve => systemClock.after(waitMs, resolve));

/** Text of every chunk that was heard, wholly or in part. */
function heardTexts(callId: CallId): string[] {
  const texts = new Map<string, string>();
  const heard: string[] = [];
  for (const event of eventsOf(callId)) {
    if (event.type === 'chunk.released') texts.set(event.chunkId, event.text);
    if (event.type === 'chunk.spoken') heard.push(texts.get(event.chunkId) ?? '');
    if (event.type === 'chunk.interrupted') heard.push(event.heardText);
  }
  return heard;
}

// Every call runs beside the others, as on a floor; the whole file takes as long as its longest caller.
describe.concurrent('calls with real audio', { timeout: 150_000 }, () => {
  test('[RSN1][TUR5] a caller who cuts in is heard: the AI is silent, the words are answered, and history keeps what sounded', async () => {
    const callId = bench.ring('interrupts-twice');
    await on(callId, 'interruption.confirmed');
    const cut = eventsOf(callId).find(
      event => event.type === 'chunk.interrupted' && event.cause === 'barge-in',
    );
    expect(cut).toBeDefined();
    await on(callId, 'turn.committed', (event: { text: string }) => event.text.includes('wait'));
    await on(callId, 'call.ended');
    const order = eventsOf(callId).map(event => event.type);
    expect(order.filter(type => type === 'call.ended')).toHaveLength(1);
    expect(order.at(-1)).toBe('call.ended');
    // Silence came first: no AI frame was played between the cut and the next chunk that began to sound.
    const frames = bench.heard(callId);
    expect(frames.some(frame => frame.ai)).toBe(true);
  });

  test('[RSN3][GATE45] a vetoed promise never reaches the caller; one safe sentence does', async () => {
    const callId = bench.ring('angry-refund');
    await on(callId, 'chunk.vetoed');
    await on(callId, 'call.ended');
    expect(heardTexts(callId).join(' ')).not.toMatch(/guarantee|full refund/iu);
    expect(heardTexts(callId).join(' ')).toMatch(/refund request/iu);
    expect(eventsOf(callId)).toContainEqual(
      expect.objectContaining({ type: 'attention.raised', reason: 'promise-vetoed' }),
    );
  });

  test('[AUD23] a card number that is spoken is in no event and no notice', async () => {
    const callId = bench.ring('card-number');
    await on(callId, 'attention.raised', (event: { reason: string }) => event.reason === 'card-data-spoken');
    await on(callId, 'call.ended');
    const said = [
      ...eventsOf(callId).map(event => ('text' in event ? (event.text ?? '') : '')),
      ...bench.notices.map(notice => (notice.callId === callId && 'text' in notice ? notice.text : '')),
    ];
    // What a card number begins with may be any number; seven digits of it may not be there.
    const longest = Math.max(...said.flatMap(text => digitRuns(text).map(run => run.digits.length)));
    expect(longest).toBeLessThan(7);
    const everything = JSON.stringify(eventsOf(callId));
    // From the seventh digit on nobody listens, and of those words nothing is written down.
    expect(everything).toContain(HUSHED_WORDS);
  });

  test('[SUP40][SUP41] takeover: after the fence no AI frame, the microphone is heard; hand-back: the AI is back and does not greet', async () => {
    const callId = bench.ring('wants-a-person');
    await on(callId, 'chunk.speaking');
    const microphone = bench.media.openMicrophone(callId, SUPERVISOR.userId);
    let sample = 0;
    let speaking = true;
    const speak = (): void => {
      if (!speaking) return;
      microphone.push(toneFrame(1000, sample));
      sample += 320;
      systemClock.after(20, speak);
    };
    speak();
    await bench.run(callId, 'arm-microphone', { armed: true });
    await pass(300);
    expect(toneLevel(bench.heard(callId).slice(-10), 1000)).toBeLessThan(0.01);
    const before = bench.heard(callId).length;
    await bench.run(callId, 'take-over');
    const fenced = bench.heard(callId).length;
    for (let beat = 0; beat < 4; beat += 1) {
      bench.host.beat(SUPERVISOR);
      await pass(400);
    }
    const during = bench.heard(callId).slice(fenced);
    expect(before).toBeLessThanOrEqual(fenced);
    expect(during.filter(frame => frame.ai)).toHaveLength(0);
    expect(toneLevel(during.slice(10), 1000)).toBeGreaterThan(0.1);
    const greetings = eventsOf(callId).filter(
      event => event.type === 'chunk.drafted' && event.origin === 'greeting',
    ).length;
    await bench.run(callId, 'hand-back', { notes: 'The return is RR 204.' });
    speaking = false;
    await on(callId, 'chunk.drafted', (event: { origin: string }) => event.origin === 'bridge');
    await pass(600);
    expect(toneLevel(bench.heard(callId).slice(-10), 1000)).toBeLessThan(0.02);
    expect(
      eventsOf(callId).filter(event => event.type === 'chunk.drafted' && event.origin === 'greeting'),
    ).toHaveLength(greetings);
    await bench.run(callId, 'end-call');
    expect(eventsOf(callId).at(-1)).toMatchObject({ type: 'call.ended', reason: 'ended-by-supervisor' });
  });

  test('[REC1][REC2][REC3] the recording begins after the notice and holds what the caller heard, when it was heard', async () => {
    const callId = bench.ring('order-status');
    await on(callId, 'call.connected');
    const microphone = bench.media.openMicrophone(callId, SUPERVISOR.userId);
    let speaking = true;
    let sample = 0;
    const speak = (): void => {
      if (!speaking) return;
      microphone.push(toneFrame(1000, sample));
      sample += 320;
      systemClock.after(20, speak);
    };
    speak();
    await bench.run(callId, 'arm-microphone', { armed: true });
    await on(callId, 'recording.started');
    await pass(1500);
    const taken = await bench.run(callId, 'take-over');
    for (let beat = 0; beat < 4; beat += 1) {
      bench.host.beat(SUPERVISOR);
      await pass(400);
    }
    speaking = false;
    expect(taken.mic).toBe('live');
    await bench.run(callId, 'end-call');
    const events = eventsOf(callId);
    const types = events.map(event => event.type);
    const atMs = (type: CallEventType): number =>
      events.find(event => event.type === type)?.atMs ?? Number.NaN;
    expect(types.indexOf('chunk.spoken')).toBeLessThan(types.indexOf('consent.announced'));
    expect(types.indexOf('consent.announced')).toBeLessThan(types.indexOf('recording.started'));
    expect(types.slice(-2)).toEqual(['recording.ended', 'call.ended']);

    await pass(1000);
    const file = recordingFile(recordings, callId);
    const right = decodeChannel(file, 1);
    const startedAtMs = atMs('recording.started');
    expect(Math.abs(right.length / 16 - (atMs('recording.ended') - startedAtMs))).toBeLessThan(150);
    const takenMs = atMs('takeover.live') - startedAtMs;
    // Before the takeover the same tone went into a microphone that nobody heard.
    expect(levelAt(right, 1000, 200, takenMs - 150)).toBeLessThan(0.01);
    expect(levelAt(right, 1000, takenMs + 150, takenMs + 1200)).toBeGreaterThan(0.1);
    expect(levelAt(decodeChannel(file, 0), 1000, takenMs + 150, takenMs + 1200)).toBeLessThan(0.01);
  });

  test('[SUP50][SUP51][SUP54] beside a person the AI suggests and is not heard; a used suggestion is known after the hand-back', async () => {
    const callId = bench.ring('patient');
    await on(callId, 'chunk.speaking');
    await bench.run(callId, 'take-over');
    const fenced = bench.heard(callId).length;
    let onLine = true;
    const beat = (): void => {
      if (!onLine) return;
      bench.host.beat(SUPERVISOR);
      systemClock.after(400, beat);
    };
    beat();
    await on(callId, 'suggestion.drafted');
    const suggestion = eventsOf(callId).find(event => event.type === 'suggestion.drafted');
    if (suggestion?.type !== 'suggestion.drafted') throw new Error('it was awaited');
    expect(suggestion.decision).not.toBe('veto');
    expect(suggestion.citations.length).toBeGreaterThan(0);
    await pass(1500);
    expect(
      bench
        .heard(callId)
        .slice(fenced)
        .filter(frame => frame.ai),
    ).toHaveLength(0);
    await bench.run(callId, 'use-suggestion', { suggestionId: suggestion.suggestionId });
    await expect(bench.run(callId, 'use-suggestion', { suggestionId: 'another' })).rejects.toMatchObject({
      body: { code: 'chunk.unknown' },
    });
    const drafted = eventsOf(callId).filter(event => event.type === 'chunk.drafted').length;
    onLine = false;
    await bench.run(callId, 'hand-back', { notes: '' });
    await on(callId, 'chunk.drafted', (event: { origin: string }) => event.origin === 'bridge');
    expect(eventsOf(callId).filter(event => event.type === 'chunk.drafted').length).toBeGreaterThan(drafted);
    expect(eventsOf(callId)).toContainEqual(
      expect.objectContaining({ type: 'suggestion.used', text: suggestion.text, userName: SUPERVISOR.name }),
    );
    await bench.run(callId, 'end-call');
  });

  test('[SUP42] an undone takeover returns with one bridging sentence', async () => {
    const callId = bench.ring('order-status');
    await on(callId, 'chunk.speaking');
    await bench.run(callId, 'take-over');
    await bench.run(callId, 'undo-take-over');
    await on(callId, 'chunk.spoken', () =>
      eventsOf(callId).some(event => event.type === 'chunk.drafted' && event.origin === 'bridge'),
    );
    expect(
      eventsOf(callId).filter(event => event.type === 'chunk.drafted' && event.origin === 'bridge'),
    ).toHaveLength(1);
    expect(eventsOf(callId)).toContainEqual(
      expect.objectContaining({ type: 'takeover.ended', cause: 'undo' }),
    );
    await bench.run(callId, 'end-call');
  });

  test('[SUP43] a held answer waits, for 30 s here, and is then said; a vetoed one is never said', async () => {
    const callId = bench.ring('patient');
    await on(callId, 'turn.committed');
    await bench.run(callId, 'hold-speech');
    await on(callId, 'chunk.held');
    await pass(30_000);
    const held = eventsOf(callId).find(event => event.type === 'chunk.held');
    const chunkId = held?.type === 'chunk.held' ? held.chunkId : null;
    expect(eventsOf(callId).some(event => event.type === 'chunk.speaking' && event.chunkId === chunkId)).toBe(
      false,
    );
    await bench.run(callId, 'resume-speech');
    await on(callId, 'chunk.speaking', (event: { chunkId: string }) => event.chunkId === chunkId);
    await on(callId, 'turn.committed', (event: { text: string }) => event.text.includes('Saturday'));
    await on(callId, 'chunk.drafted', (event: { text: string }) => event.text.includes('Saturday'));
    const vetoed = await bench.run(callId, 'veto-chunk', { chunkId: null });
    await on(callId, 'call.ended');
    expect(
      eventsOf(callId).some(event => event.type === 'chunk.speaking' && event.chunkId === vetoed.chunkId),
    ).toBe(false);
  });

  test('[SUP45] a whisper is used in the next answer, is told so, and is never read out itself', async () => {
    const callId = bench.ring('invoice-fee');
    await on(callId, 'chunk.speaking');
    const { noteId } = await bench.run(callId, 'whisper-to-ai', {
      text: 'Offer a copy of the invoice by mail.',
    });
    await on(callId, 'whisper.used', (event: { noteId: string }) => event.noteId === noteId);
    await bench.run(callId, 'end-call');
    expect(heardTexts(callId).join(' ')).not.toContain('Offer a copy');
  });

  test.each([
    ['while the AI greets', 'chunk.speaking'],
    ['while the caller speaks', 'caller-speech.started'],
    ['while the caller pauses', 'caller-speech.ended'],
    ['while the AI thinks', 'turn.committed'],
    ['while an answer is drafted', 'intent.judged'],
  ] as const)('[SUP44] a caller who hangs up %s ends the call cleanly', async (_when, type) => {
    const callId = bench.ring('order-status');
    await on(callId, type);
    await bench.telephony.hangUp(callId);
    await on(callId, 'call.ended');
    await pass(300);
    const events = eventsOf(callId);
    expect(events.at(-1)?.type).toBe('call.ended');
    expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index));
    const drafted = events.filter(event => event.type === 'chunk.drafted').length;
    const ended = events.filter(event =>
      ['chunk.spoken', 'chunk.interrupted', 'chunk.vetoed', 'chunk.withheld'].includes(event.type),
    ).length;
    expect(ended).toBe(drafted);
  });
});
