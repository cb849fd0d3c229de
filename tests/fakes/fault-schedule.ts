import type { Random } from '#shared/base/random.ts';
import { FRAME_SAMPLES } from '#shared/domain/audio-format.ts';
import type { ChunkId, OrgId, UserId } from '#shared/domain/ids.ts';
import type { ChunkOrigin } from '#shared/domain/lanes.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { PhrasePolicy } from '#shared/domain/phrase-policies.ts';
import type { CallEvent } from '#shared/events/call-event.ts';
import type { Utterance } from '#worker/lanes/speech-gate.ts';
import { ALLOW, type ControlPolicy, type ControlVerdict } from '#worker/policies/control-policy.ts';
import type { TaggedFrame } from '#worker/media/belt.ts';
import { voiced } from './readable-voice.ts';
import { SpeechRig, type RigOptions } from './speech-rig.ts';
import { disguise } from './text-disguises.ts';

/** What the slow policy does with a chunk. Only `allow` and `allow-slow` let it pass in time. */
export const JUDGE_PLANS = [
  'allow',
  'allow-slow',
  'allow-late',
  'veto',
  'veto-slow',
  'never',
  'throws',
  'rejects',
  'nonsense',
  'empty-redaction',
] as const;
export type JudgePlan = (typeof JUDGE_PLANS)[number];

/** One drafted chunk as its maker knows it; nothing here comes from the gate. */
export interface Planned {
  readonly mark: string;
  readonly text: string;
  readonly plan: JudgePlan;
  /** Lane C was down when it was drafted. */
  crashed: boolean;
  /** Number of cuts when it was drafted. */
  readonly cuts: number;
  /** A person had the floor when it was drafted. */
  readonly human: boolean;
  vetoedByHand: boolean;
}

/** What happened to the line, in its samples. */
export interface LineMark {
  readonly atSample: number;
  readonly what: 'cut' | 'fence' | 'return';
}

export type ForbiddenPhrase = PhrasePolicy['phrases'][number];

export interface FaultRun {
  readonly planned: readonly Planned[];
  readonly lineMarks: readonly LineMark[];
  readonly rig: SpeechRig;
  readonly events: readonly CallEvent[];
  /** Forbidden phrases that were drafted. */
  readonly forbidden: readonly ForbiddenPhrase[];
  /** Texts that were released although a policy had refused them. */
  readonly overruled: readonly string[];
  readonly kinds: Readonly<Record<string, number>>;
}

const BUDGET_MS = 60;
const ACTOR: Actor = { userId: 'u1' as UserId, orgId: 'org' as OrgId, name: 'Morgan', role: 'supervisor' };
const BENIGN =
  'your parcel lamp order is on its way and we look at the form please keep box for carrier invoice label photo room chair blue oak ready soon'.split(
    ' ',
  );

/** Marks are private-use characters: the gate reads them as nothing, and the oracle knows each chunk by its own. */
const markOf = (index: number): string => String.fromCharCode(0xe000 + (index % 6000));

/** A policy whose behaviour is planned for each chunk; its verdicts come late, in another order, or never. */
function plannedPolicy(schedule: {
  readonly plans: ReadonlyMap<string, Planned>;
  readonly random: Random;
  readonly after: (delayMs: number, task: () => void) => void;
  readonly isDown: () => boolean;
}): ControlPolicy {
  return {
    name: 'planned',
    budgetMs: BUDGET_MS,
    overridable: false,
    judge({ text }): ControlVerdict | Promise<ControlVerdict> {
      const plans = [...text].flatMap(point => schedule.plans.get(point) ?? []);
      const worst = plans.toSorted((a, b) => rank(b.plan) - rank(a.plan))[0]?.plan ?? 'allow';
      const late = (delayMs: number, verdict: ControlVerdict): Promise<ControlVerdict> =>
        new Promise(resolve => schedule.after(delayMs, () => resolve(verdict)));
      if (schedule.isDown()) {
        for (const planned of plans) planned.crashed = true;
        return schedule.random() < 0.5
          ? Promise.reject(new Error('lane c is down'))
          : new Promise(() => undefined);
      }
      switch (worst) {
        case 'allow':
          return schedule.random() < 0.5 ? ALLOW : Promise.resolve(ALLOW);
        case 'allow-slow':
          return late(Math.floor(schedule.random() * BUDGET_MS * 0.8), ALLOW);
        case 'allow-late':
          return late(BUDGET_MS + 1 + Math.floor(schedule.random() * 400), ALLOW);
        case 'veto':
          return { kind: 'veto', reason: 'planned' };
        case 'veto-slow':
          return late(Math.floor(schedule.random() * BUDGET_MS * 0.8), { kind: 'veto', reason: 'planned' });
        case 'never':
          return new Promise(() => undefined);
        case 'throws':
          throw new Error('a broken policy');
        case 'rejects':
          return Promise.reject(new Error('a broken policy'));
        case 'nonsense':
          return Promise.resolve(
            (schedule.random() < 0.5 ? undefined : { kind: 'ok' }) as unknown as ControlVerdict,
          );
        case 'empty-redaction':
          return Promise.resolve({ kind: 'redact', spans: [], replacement: '', reason: 'planned' });
      }
    },
  };
}

const rank = (plan: JudgePlan): number => JUDGE_PLANS.indexOf(plan);

export interface ScheduleOptions {
  readonly random: Random;
  readonly chunks: number;
  readonly phrasePolicies: readonly PhrasePolicy[];
  readonly rules: (planned: ControlPolicy) => RigOptions['rules'];
  /** Arms that leave something out. */
  readonly rig?: Partial<Omit<RigOptions, 'rules'>>;
  /** Whether faults happen; without them the same texts come in good order. */
  readonly faults: 'on' | 'off';
}

/** One call of random speech under random faults, through the real path in virtual time. */
export async function runFaults(options: ScheduleOptions): Promise<FaultRun> {
  const { random, phrasePolicies, faults } = options;
  const faulty = faults === 'on';
  const chance = (ratio: number): boolean => random() < ratio;
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)] as T;

  const plans = new Map<string, Planned>();
  const planned: Planned[] = [];
  const forbidden: ForbiddenPhrase[] = [];
  const lineMarks: LineMark[] = [];
  const kinds: Record<string, number> = {};
  const count = (kind: string): void => void (kinds[kind] = (kinds[kind] ?? 0) + 1);
  const phrases = phrasePolicies.flatMap(policy => policy.phrases);
  const overruled: string[] = [];
  let downUntilMono = -1;
  let cuts = 0;

  const later: { after: (delayMs: number, task: () => void) => void; down: () => boolean } = {
    after: () => undefined,
    down: () => false,
  };
  const rules = options.rules(
    plannedPolicy({
      plans,
      random,
      after: (delayMs, task) => later.after(delayMs, task),
      isDown: () => later.down(),
    }),
  );
  const rig = new SpeechRig({
    rules,
    durable: () => {
      if (!faulty || chance(0.7)) return Promise.resolve();
      if (chance(0.15)) {
        count('disk-refuses');
        return Promise.reject(new Error('disk'));
      }
      count('disk-stalls');
      return new Promise(resolve => rig.clock.after(upTo(300), resolve));
    },
    voiceMs: () => (faulty ? upTo(60) : 0),
    ...options.rig,
  });
  later.after = (delayMs, task) => void rig.clock.after(delayMs, task);
  later.down = () => rig.clock.mono() < downUntilMono;

  const rogue: TaggedFrame[] = [];
  let human = false;
  let utterance: Utterance | null = null;

  const benign = (): string => {
    let text = '';
    const chars = 10 + upTo(60);
    while (text.length < chars) text += `${pick(BENIGN)} `;
    return `${text.trimEnd()}. `;
  };
  const draft = (text: string, plan: JudgePlan): void => {
    if (utterance === null) return;
    const mark = markOf(planned.length);
    const one: Planned = {
      mark,
      text,
      plan,
      crashed: false,
      cuts,
      human,
      vetoedByHand: false,
    };
    planned.push(one);
    plans.set(mark, one);
    rig.gate.draft(utterance, { text: `${mark}${text}`, citations: [], noteIds: [], toolFacts: [] });
  };
  const attack = (): void => {
    const chosen = pick(phrases);
    forbidden.push(chosen);
    const { phrase } = chosen;
    const hidden = chance(0.7) ? disguise(phrase, () => upTo(1000)) : phrase;
    const text = `${chance(0.5) ? benign() : ''}${hidden} ${chance(0.5) ? benign() : ''}`;
    // Cut at every place in turn: between letters, words, and halves of one character.
    const pieces = chance(0.5) ? 1 : 2 + upTo(4);
    count(pieces === 1 ? 'phrase-whole' : 'phrase-split');
    let rest = text;
    for (let piece = pieces; piece > 1 && rest.length > 1; piece -= 1) {
      const at = 1 + upTo(rest.length - 1);
      draft(rest.slice(0, at), 'allow');
      rest = rest.slice(at);
      if (!chance(0.15)) continue;
      // The rest comes as an utterance of its own; each of the two says nothing that is forbidden.
      count('phrase-over-utterances');
      openNext();
    }
    draft(rest, 'allow');
  };
  const openNext = (): void => {
    if (utterance) rig.gate.end(utterance);
    const origin: ChunkOrigin = pick(['reply', 'rephrase', 'notice', 'bridge'] as const);
    utterance = rig.open({ lane: 'B', origin, turnId: null });
  };

  openNext();
  while (planned.length < options.chunks) {
    if (chance(0.35)) openNext();
    const dice = random();
    if (dice < 0.35) attack();
    else if (dice < 0.6 || !faulty) draft(benign(), 'allow');
    else {
      const plan = pick(JUDGE_PLANS);
      count(`judge-${plan}`);
      draft(benign(), plan);
    }
    if (chance(0.5)) await rig.run(20 * upTo(12));
    if (faulty && chance(0.5)) await fault();
    if (human && chance(0.3)) giveBack();
  }
  if (utterance) rig.gate.end(utterance);
  if (human) giveBack();
  await rig.run(faulty ? 600 : 4000);
  return { planned, lineMarks, rig, events: rig.finish(), forbidden, overruled, kinds };

  function giveBack(): void {
    human = false;
    rig.handBack();
    lineMarks.push({ atSample: rig.sample, what: 'return' });
    openNext();
  }

  async function fault(): Promise<void> {
    const dice = upTo(26);
    switch (dice) {
      case 0:
        count('barge-in');
        cuts += 1;
        rig.cut('barge-in');
        lineMarks.push({ atSample: rig.sample, what: 'cut' });
        // Half of the time the model goes on writing into what was cut.
        if (chance(0.5)) openNext();
        return;
      case 1:
        if (human) return giveBack();
        count('take-over');
        cuts += 1;
        human = true;
        rig.takeOver();
        lineMarks.push({ atSample: rig.sample, what: 'fence' });
        // Somebody forgot to stop the model.
        openNext();
        return;
      case 2:
        count('lane-c-down');
        downUntilMono = rig.clock.mono() + upTo(300);
        return;
      case 3:
        count('clock-stall');
        // Nothing runs, then everything that was due runs at once.
        rig.clock.advance(upTo(500));
        return;
      case 4:
      case 5:
        count('audio-before-text');
        offerForged(null);
        return;
      case 6:
        count('replayed-frames');
        for (const frame of rogue.splice(0)) offer(frame);
        return;
      case 7: {
        const chunk = rig.gate.next();
        if (!chunk) return;
        count('veto-by-hand');
        for (const [mark, one] of plans) if (chunk.text.includes(mark)) one.vetoedByHand = true;
        rig.gate.veto(chunk.chunkId, ACTOR);
        return;
      }
      case 8:
        count('hold');
        rig.belt.hold(true);
        rig.gate.hold(() => rig.belt.hold(false));
        return;
      case 9:
      case 10:
        rig.belt.hold(false);
        rig.gate.resume();
        return;
      case 11:
      case 12:
        tryReleaseAll();
        return;
      case 13:
        count('verdict-after-cut');
        draft(benign(), 'allow-slow');
        cuts += 1;
        rig.cut('barge-in');
        lineMarks.push({ atSample: rig.sample, what: 'cut' });
        openNext();
        return;
      default:
        return;
    }
  }

  /** A voice that has audio for what it was not given, with every tag it can think of. */
  function offerForged(_: null): void {
    const chunks = [...rig.ledger.all()];
    const chunk = chunks.length > 0 ? pick(chunks) : null;
    if (!chunk) return;
    const { samples } = voiced(chunk.draftText);
    const forged = {
      chunkId: chance(0.9) ? chunk.chunkId : ('unknown' as ChunkId),
      epoch: chance(0.6) ? chunk.epoch : upTo(rig.ledger.epoch + 2),
      span: [0, chunk.draftText.length] as const,
      last: chance(0.3),
    };
    for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += FRAME_SAMPLES) {
      const frame: TaggedFrame = {
        samples: samples.slice(start, start + FRAME_SAMPLES),
        tag: chance(0.1) ? null : { ...forged, startSample: start },
      };
      // A frame of a chunk that may sound says what it may say; the forgery is in coming too early, twice or without a right.
      const maySound = chunk.state === 'released' || chunk.state === 'queued' || chunk.state === 'speaking';
      if (!maySound) offer(frame);
      rogue.push(frame);
    }
    if (rogue.length > 200) rogue.splice(0, 100);
  }

  function offer(frame: TaggedFrame): void {
    const live = utterance?.id ?? 'nobody';
    void rig.belt.offer(live, frame);
  }

  /** A person who tries to release whatever was refused. */
  function tryReleaseAll(): void {
    for (const { chunkId, state } of rig.ledger.all()) {
      if (state !== 'vetoed') continue;
      try {
        overruled.push(rig.release(chunkId));
        count('release-done');
        return;
      } catch {
        count('release-refused');
      }
    }
  }
}
