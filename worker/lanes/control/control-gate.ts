import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId, ChunkId } from '#shared/domain/ids.ts';
import type { ChunkOrigin, Citation, TextSpan, Verdict } from '#shared/domain/lanes.ts';
import type { ControlPolicy, ControlVerdict, SpeechDraft } from '#worker/policies/control-policy.ts';
import { endsInNumber } from '#worker/policies/numbers.ts';
import type { PhrasePolicy } from '#shared/domain/phrase-policies.ts';
import {
  compilePatterns,
  PatternMatcher,
  type CompiledPatterns,
  type PatternMatch,
} from './pattern-matcher.ts';
import { phraseVariants } from './phrase-variants.ts';

/** More than this without a place to judge is no speech; it is refused (GATE9). */
const MAX_GROUP_CHARS = 2000;

/** The rules of one org, compiled once and shared by all of its calls. */
export interface GateRules {
  readonly patterns: CompiledPatterns;
  /** By pattern id. `reason` is null for a permitted phrase, which the gate only waits for. */
  readonly patternOwners: readonly { readonly policy: PhrasePolicy; readonly reason: string | null }[];
  readonly phrasePolicies: readonly PhrasePolicy[];
  readonly policies: readonly ControlPolicy[];
  /** Per policy: the permitted phrases, to the letter. A disguise is no permission. */
  readonly excuses?: ReadonlyMap<PhrasePolicy, RegExp>;
  /** The documents these rules were made from, as every verdict names them: `demo@3`. */
  readonly documentVersion?: string | undefined;
}

export function compileRules(
  phrasePolicies: readonly PhrasePolicy[],
  policies: readonly ControlPolicy[],
  documentVersion?: string,
): GateRules {
  const owned = phrasePolicies.flatMap(policy => [
    ...policy.phrases.map(({ phrase, reason, end }) => ({ policy, reason, phrase, end })),
    ...(policy.unless ?? []).map(phrase => ({ policy, reason: null, phrase, end: undefined })),
  ]);
  return {
    patterns: compilePatterns(
      owned.flatMap(({ phrase, end }, id) =>
        phraseVariants(phrase).map(variant => ({ phrase: variant, id, end })),
      ),
    ),
    patternOwners: owned.map(({ policy, reason }) => ({ policy, reason })),
    phrasePolicies,
    policies,
    excuses: new Map(
      phrasePolicies.flatMap(policy =>
        policy.unless?.length ? [[policy, anyOf(policy.unless)] as const] : [],
      ),
    ),
    documentVersion,
  };
}

/** The words without what a policy permits to the letter (POL6). */
export function excused(rules: GateRules, policy: PhrasePolicy, text: string): string {
  const excuses = rules.excuses?.get(policy);
  return excuses ? text.replace(excuses, EXCUSED) : text;
}

/** Stands where a permitted phrase stood: letters that begin no phrase, so that its neighbours do not join. */
const EXCUSED = ' qzqzq ';

function anyOf(phrases: readonly string[]): RegExp {
  const pieces = phrases.map(phrase =>
    phrase
      .trim()
      .split(/\s+/u)
      .map(word => word.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`))
      .join(String.raw`\s+`),
  );
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${pieces.join('|')})(?![\p{L}\p{N}])`, 'giu');
}

export interface DraftChunk {
  readonly chunkId: ChunkId;
  readonly text: string;
  readonly origin: ChunkOrigin;
  readonly citations: readonly Citation[];
  readonly toolFacts: readonly { readonly name: string; readonly value: string }[];
}

export interface GateOutcome {
  readonly chunkId: ChunkId;
  readonly decision: 'allow' | 'redact' | 'veto';
  /** What may be spoken; empty on a veto. */
  readonly text: string;
  readonly verdicts: readonly Verdict[];
  readonly veto: {
    readonly policy: string;
    readonly reason: string;
    /** Every policy that refused lets a person with the right overrule it. */
    readonly overridable: boolean;
    /** Policies that refused. */
    readonly policies: readonly string[];
    /** Chunks that were judged as one text with this one, in order. */
    readonly together: readonly ChunkId[];
  } | null;
  readonly judgeMs: number;
}

export interface GateContext {
  readonly origin: ChunkOrigin;
  /** Overridable policies whose veto a supervisor has set aside for this text (GATE70). */
  readonly setAside?: ReadonlySet<string>;
}

export interface GateDeps {
  readonly clock: Clock;
  readonly auditId: () => AuditId;
  readonly onOutcome: (outcome: GateOutcome) => void;
}

/** Judges the chunks of one utterance, in order. */
export interface UtteranceGate {
  draft(chunk: DraftChunk): void;
  /** No more text will come: what waited for it is judged. */
  end(): void;
  /** No outcome is given any more. */
  abort(): void;
}

interface Group {
  readonly chunks: DraftChunk[];
  readonly matches: PatternMatch[];
  readonly startedMono: number;
}

interface Judged {
  readonly policy: string;
  readonly overridable: boolean;
  readonly verdict: ControlVerdict;
  readonly judgeMs: number;
  /** A veto that a supervisor set aside. */
  readonly overruled?: true;
}

/**
 * Lane C in front of one utterance. Chunks are judged in groups: a chunk whose end could still become part of a forbidden
 * phrase, a longer word or a longer number waits for what follows, so no way of cutting a text changes its verdict (GATE3).
 * Deterministic policies answer within `draft`; a policy that is late, broken or silent is a veto (GATE6).
 */
export function openGate(rules: GateRules, context: GateContext, deps: GateDeps): UtteranceGate {
  const matcher = new PatternMatcher(rules.patterns);
  let group: Group | null = null;
  let state: 'open' | 'vetoed' | 'aborted' = 'open';
  /** Outcomes keep their order even if a later group is judged faster. */
  let pending: Promise<void> | null = null;

  function close(): void {
    const closing = group;
    group = null;
    if (!closing) return;
    if (state === 'vetoed') {
      deliver(closing, [
        { policy: 'lane-c', overridable: false, verdict: { kind: 'veto', reason: 'after-veto' }, judgeMs: 0 },
      ]);
      return;
    }
    const judged = judge(closing);
    if (judged instanceof Promise || pending) {
      pending = (pending ?? Promise.resolve()).then(async () => deliver(closing, await judged));
      return;
    }
    deliver(closing, judged);
  }

  function judge(closing: Group): readonly Judged[] | Promise<readonly Judged[]> {
    const text = closing.chunks.map(chunk => chunk.text).join('');
    if (text.length > MAX_GROUP_CHARS)
      return [
        { policy: 'lane-c', overridable: false, verdict: { kind: 'veto', reason: 'too-long' }, judgeMs: 0 },
      ];
    const draft: SpeechDraft = {
      text,
      origin: context.origin,
      citations: closing.chunks.flatMap(chunk => chunk.citations),
      toolFacts: closing.chunks.flatMap(chunk => chunk.toolFacts),
    };
    const phrases = judgePhrases(closing);
    const others = rules.policies.map(policy => judgeOne(policy, draft, deps.clock));
    const ready = others.filter((answer): answer is Judged => !(answer instanceof Promise));
    if (ready.length === others.length) return [...phrases, ...ready];
    return Promise.all(others.map(answer => Promise.resolve(answer))).then(answers => [
      ...phrases,
      ...answers,
    ]);
  }

  function judgePhrases(closing: Group): readonly Judged[] {
    const judgeMs = deps.clock.mono() - closing.startedMono;
    return rules.phrasePolicies.map(policy => {
      const exempt = policy.exceptOrigins.includes(context.origin);
      const reason = exempt ? null : forbidden(policy, closing);
      return {
        policy: policy.name,
        overridable: policy.overridable,
        verdict: reason ? { kind: 'veto', reason } : { kind: 'allow' },
        judgeMs,
      };
    });
  }

  /** The reason of the first forbidden phrase, unless permitted ones hold all of them (POL6). */
  function forbidden(policy: PhrasePolicy, closing: Group): string | null {
    const reasonOf = (matches: readonly PatternMatch[]): string | null => {
      for (const { id } of matches) {
        const owner = rules.patternOwners[id];
        if (owner?.policy === policy && owner.reason !== null) return owner.reason;
      }
      return null;
    };
    const reason = reasonOf(closing.matches);
    const excuses = rules.excuses?.get(policy);
    if (reason === null || !excuses) return reason;
    const again = new PatternMatcher(rules.patterns);
    const text = closing.chunks.map(chunk => chunk.text).join('');
    return reasonOf([...again.feed(text.replace(excuses, EXCUSED)), ...again.end()]);
  }

  function deliver(closing: Group, answers: readonly Judged[]): void {
    const partial = answers.some(({ verdict }) => verdict.kind === 'veto' && verdict.spans);
    const settledAnswers = partial ? answers.map(one => settled(one, answers)) : answers;
    const judged = settledAnswers.map(one => setAside(one, context.setAside));
    const vetoes = judged.filter(one => one.verdict.kind === 'veto');
    // A veto that nobody may overrule speaks for all: what one policy would let a person release, another may not (GATE61).
    const veto = vetoes.find(one => !one.overridable) ?? vetoes[0];
    if (veto && state === 'open') state = 'vetoed';
    const refused =
      veto ??
      (state === 'vetoed'
        ? {
            policy: 'lane-c',
            overridable: false,
            verdict: { kind: 'veto' as const, reason: 'after-veto' },
            judgeMs: 0,
          }
        : null);
    const texts = refused ? null : redact(closing.chunks, judged);
    closing.chunks.forEach((chunk, index) => {
      // A veto may end the utterance from inside the callback; what follows it is then nobody's business.
      if (state === 'aborted') return;
      const text = texts?.[index] ?? '';
      deps.onOutcome({
        chunkId: chunk.chunkId,
        decision: refused ? 'veto' : text === chunk.text ? 'allow' : 'redact',
        text,
        verdicts: judged.map(one => verdictOf(one, deps.auditId(), rules.documentVersion)),
        veto:
          refused?.verdict.kind === 'veto'
            ? {
                policy: refused.policy,
                reason: refused.verdict.reason,
                overridable: refused.overridable,
                policies: vetoes.map(one => one.policy),
                together: closing.chunks.map(one => one.chunkId),
              }
            : null,
        judgeMs: Math.max(0, deps.clock.mono() - closing.startedMono),
      });
    });
  }

  return {
    draft(chunk) {
      if (state === 'aborted') return;
      group ??= { chunks: [], matches: [], startedMono: deps.clock.mono() };
      group.chunks.push(chunk);
      group.matches.push(...matcher.feed(chunk.text));
      const text = group.chunks.map(one => one.text).join('');
      if (text.length > MAX_GROUP_CHARS || !mayContinue(text, matcher)) close();
    },
    end() {
      group?.matches.push(...matcher.end());
      if (state !== 'aborted') close();
    },
    abort() {
      state = 'aborted';
      group = null;
    },
  };
}

/** Whether what follows could still change what the end of this text means. */
function mayContinue(text: string, matcher: PatternMatcher): boolean {
  return (
    !/[\s.!?,;:)\]"”]$/u.test(text) || matcher.undecided || matcher.pendingLetters() > 0 || endsInNumber(text)
  );
}

function judgeOne(policy: ControlPolicy, draft: SpeechDraft, clock: Clock): Judged | Promise<Judged> {
  const startedMono = clock.mono();
  const judged = (verdict: ControlVerdict): Judged => ({
    policy: policy.name,
    overridable: policy.overridable && verdict.kind !== 'allow',
    verdict,
    judgeMs: clock.mono() - startedMono,
  });
  const failed = (reason: 'judge-failed' | 'judge-late'): Judged => ({
    ...judged(policy.onFailure === 'allow' ? { kind: 'allow', reason } : { kind: 'veto', reason }),
    overridable: false,
  });
  let answer: ControlVerdict | Promise<ControlVerdict>;
  try {
    answer = policy.judge(draft);
  } catch {
    return failed('judge-failed');
  }
  const checked = (verdict: ControlVerdict): Judged =>
    isSound(verdict, draft.text) ? judged(verdict) : failed('judge-failed');
  if (!(answer instanceof Promise)) return checked(answer);
  return new Promise(resolve => {
    const stop = clock.after(policy.budgetMs, () => resolve(failed('judge-late')));
    answer.then(
      verdict => {
        stop();
        // While the process stood still no timer could fire: the clock decides, not which of them came first (GATE62).
        const late = clock.mono() - startedMono > policy.budgetMs;
        resolve(late ? failed('judge-late') : checked(verdict));
      },
      () => {
        stop();
        resolve(failed('judge-failed'));
      },
    );
  });
}

/** A veto about places that others redact has nothing left to stop: those words are not said (POL7). */
function settled(one: Judged, all: readonly Judged[]): Judged {
  const { verdict } = one;
  if (verdict.kind !== 'veto' || !verdict.spans) return one;
  const redacted = all.flatMap(other => (other.verdict.kind === 'redact' ? other.verdict.spans : []));
  const hidden = verdict.spans.every(([start, end]) =>
    redacted.some(([from, to]) => from <= start && end <= to),
  );
  return hidden ? { ...one, overridable: false, verdict: { kind: 'allow', reason: 'redacted' } } : one;
}

/** A policy that was late or broken is never overridable, so its veto cannot be set aside. */
function setAside(one: Judged, policies: ReadonlySet<string> | undefined): Judged {
  return one.verdict.kind === 'veto' && one.overridable && policies?.has(one.policy) === true
    ? { ...one, verdict: { kind: 'allow' }, overruled: true }
    : one;
}

function areSpans(spans: readonly TextSpan[], text: string): boolean {
  return (
    spans.length > 0 &&
    spans.every(
      ([start, end]) =>
        Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length,
    )
  );
}

/** What a broken or hostile policy answers is no verdict: an unknown word, or a redaction that replaces nothing. */
function isSound(verdict: ControlVerdict | undefined | null, text: string): boolean {
  switch (verdict?.kind) {
    case 'allow':
      return true;
    case 'veto':
      return typeof verdict.reason === 'string' && (!verdict.spans || areSpans(verdict.spans, text));
    case 'redact':
      return typeof verdict.replacement === 'string' && areSpans(verdict.spans, text);
    default:
      return false;
  }
}

function verdictOf(
  { policy, verdict, judgeMs, overruled }: Judged,
  auditId: AuditId,
  documentVersion?: string,
): Verdict {
  const reason = overruled ? 'set-aside-by-supervisor' : (verdict.reason ?? 'ok');
  return {
    auditId,
    policy,
    decision: verdict.kind,
    reason,
    judgeMs: Math.max(0, judgeMs),
    ...(documentVersion === undefined ? {} : { documentVersion }),
  };
}

/** Applies every redaction to the joined text and cuts it at the old borders; a replacement goes to where its span began. */
function redact(chunks: readonly DraftChunk[], judged: readonly Judged[]): readonly string[] {
  const cuts = judged
    .flatMap(({ verdict }) =>
      verdict.kind === 'redact'
        ? verdict.spans.map(span => ({ span, replacement: verdict.replacement }))
        : [],
    )
    .sort((a, b) => a.span[0] - b.span[0]);
  if (cuts.length === 0) return chunks.map(chunk => chunk.text);
  const whole = chunks.map(chunk => chunk.text).join('');
  const merged: { span: TextSpan; replacement: string }[] = [];
  for (const cut of cuts) {
    const last = merged.at(-1);
    if (last && cut.span[0] < last.span[1]) last.span = [last.span[0], Math.max(last.span[1], cut.span[1])];
    else merged.push({ ...cut });
  }
  let from = 0;
  return chunks.map(chunk => {
    const to = from + chunk.text.length;
    let text = '';
    let at = from;
    for (const { span, replacement } of merged) {
      if (span[1] <= at || span[0] >= to) continue;
      text += whole.slice(at, Math.max(at, span[0]));
      if (span[0] >= from) text += replacement;
      at = Math.min(to, span[1]);
    }
    text += whole.slice(at, to);
    from = to;
    return text;
  });
}
