import type { PhrasePolicy } from '#shared/domain/phrase-policies.ts';
import type { FaultRun, Planned } from './fault-schedule.ts';
import { hears } from './text-disguises.ts';

export interface Leak {
  readonly what: 'phrase' | 'unjudged' | 'refused' | 'stale' | 'floor' | 'vetoed-by-hand';
  readonly atSample: number;
  readonly text: string;
  readonly samples: number;
}

/** Letters per code unit at most: a phrase with its disguise is not longer than this many times itself. */
const WINDOW_CHARS = 600;

/** Phrases that a person with the right may let the AI say. */
export function overridablePhrases(policies: readonly PhrasePolicy[]): ReadonlySet<string> {
  return new Set(
    policies
      .filter(policy => policy.overridable)
      .flatMap(policy => policy.phrases.map(({ phrase }) => phrase)),
  );
}

/**
 * Decides from the audio of the line alone what leaked. Knows what each chunk was meant to be from whoever made the schedule;
 * knows nothing of gate, ledger, tags or events.
 */
export function findLeaks(run: FaultRun, overridable: ReadonlySet<string>): readonly Leak[] {
  const byMark = new Map(run.planned.map(one => [one.mark, one]));
  const leaks: Leak[] = [];
  const told = new Set<string>();
  let current: Planned | null = null;
  let cutsSoFar = 0;
  let human = false;
  let nextMark = 0;
  let whole = '';
  const tell = (what: Leak['what'], atSample: number, text: string, samples: number): void => {
    const key = `${what} ${text}`;
    if (told.has(key)) return;
    told.add(key);
    leaks.push({ what, atSample, text, samples });
  };
  for (const { atSample, text, samples } of run.rig.heard) {
    for (; (run.lineMarks[nextMark]?.atSample ?? Infinity) <= atSample; nextMark += 1) {
      const what = run.lineMarks[nextMark]?.what;
      if (what !== 'return') cutsSoFar += 1;
      human = what === 'fence' ? true : what === 'return' ? false : human;
    }
    for (const unit of text) {
      current = byMark.get(unit) ?? current;
      whole += unit;
      if (!current) continue;
      const { plan, crashed, cuts, vetoedByHand, text: drafted } = current;
      const size = samples.length;
      if (human) tell('floor', atSample, drafted, size);
      if (cuts < cutsSoFar) tell('stale', atSample, drafted, size);
      if (crashed) tell('unjudged', atSample, drafted, size);
      if (vetoedByHand) tell('vetoed-by-hand', atSample, drafted, size);
      if (plan === 'never' || plan === 'allow-late' || plan === 'throws' || plan === 'rejects')
        tell('unjudged', atSample, drafted, size);
      if (plan === 'nonsense' || plan === 'empty-redaction') tell('unjudged', atSample, drafted, size);
      if (plan === 'veto' || plan === 'veto-slow') tell('refused', atSample, drafted, size);
    }
  }
  for (const { phrase, end } of new Set(run.forbidden)) {
    // A person released words of this kind; they may complete what was said before them.
    if (overridable.has(phrase) && run.overruled.length > 0) continue;
    for (let from = 0; from < whole.length; from += WINDOW_CHARS) {
      const window = whole.slice(Math.max(0, from - WINDOW_CHARS), from + WINDOW_CHARS);
      if (hears(window, phrase) && standsAlone(window, phrase, end ?? 'open')) tell('phrase', -1, phrase, 0);
    }
  }
  return leaks;
}

/** Invisible between the letters of one word; marks of the schedule among them. */
const INVISIBLE = /[\u200b\u00ad\p{Mn}\p{Co}]/gu;
const LETTER = /\p{L}|\p{N}/u;

/**
 * A phrase inside a longer word (`hi am a human`) is not that phrase: somewhere it has to begin a word, and one that ends with
 * its word (`lane c`) has to end one too (`lane carrier` is not it).
 */
function standsAlone(window: string, phrase: string, end: 'open' | 'word'): boolean {
  const text = window.normalize('NFKD').replaceAll(INVISIBLE, '');
  for (let at = 0; at < text.length; at += 1) {
    if (at > 0 && LETTER.test(text[at - 1] ?? '')) continue;
    // The widest disguise makes four characters of one.
    if (!hears(text.slice(at, at + 6 * phrase.length), phrase)) continue;
    let to = at + 1;
    while (!hears(text.slice(at, to), phrase)) to += 1;
    if (hears(text.slice(at + 1, to), phrase)) continue;
    if (end === 'open' || !LETTER.test(text[to] ?? '')) return true;
  }
  return false;
}
