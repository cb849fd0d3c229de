import type { CallId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventOf } from '#shared/events/call-event.ts';
import { openJudging, STANDING_CLOCK } from './judge-speech.ts';
import type { OrgRules } from './org-rules.ts';

/** One sentence of a past call that another document would have judged differently. */
export interface PreviewChange {
  readonly callId: CallId;
  readonly chunkId: string;
  /** Place of the sentence in the call's log. */
  readonly seq: number;
  readonly atMs: number;
  readonly change: 'newly-vetoed' | 'no-longer-vetoed' | 'redacted-differently';
  readonly draft: string;
  readonly before: {
    readonly decision: 'allow' | 'redact' | 'veto';
    readonly text: string;
    readonly policy: string | null;
  };
  readonly after: {
    readonly decision: 'allow' | 'redact' | 'veto';
    readonly text: string;
    readonly policy: string | null;
  };
}

export interface PreviewResult {
  readonly judgedCount: number;
  readonly changes: readonly PreviewChange[];
}

type Drafted = CallEventOf<'chunk.drafted'>;
type Judgement = PreviewChange['before'];

/**
 * Judges what the AI drafted on a past call with other rules, through the live gate, and lists what would change (POL25).
 * What a supervisor stopped, and what was never judged, is left out: it says nothing of the rules.
 */
export function previewCall(rules: OrgRules, events: readonly CallEvent[]): PreviewResult {
  const before = judgements(events);
  const facts = toolFacts(events);
  const changes: PreviewChange[] = [];
  let judgedCount = 0;
  for (const utterance of utterances(events)) {
    const judging = openJudging(rules.gate, utterance[0]?.origin ?? 'reply', STANDING_CLOCK);
    for (const { text, citations, turnId } of utterance)
      judging.draft({ text, citations, toolFacts: facts.get(turnId ?? '') ?? [] });
    judging.end();
    utterance.forEach((drafted, index) => {
      const then = before.get(drafted.chunkId);
      const now = judging.judged[index]?.outcome;
      if (!then || !now) return;
      judgedCount += 1;
      // One veto silences the rest; only the sentence that caused it is a change.
      if (now.veto?.reason === 'after-veto') return;
      const after: Judgement = { decision: now.decision, text: now.text, policy: policyOf(now) };
      const change = changeOf(then, after);
      if (change)
        changes.push({
          callId: drafted.conversationId,
          chunkId: drafted.chunkId,
          seq: drafted.seq,
          atMs: drafted.atMs,
          change,
          draft: drafted.text,
          before: then,
          after,
        });
    });
  }
  return { judgedCount, changes };
}

function changeOf(before: Judgement, after: Judgement): PreviewChange['change'] | null {
  if (after.decision === 'veto') return before.decision === 'veto' ? null : 'newly-vetoed';
  if (before.decision === 'veto') return 'no-longer-vetoed';
  return before.text === after.text ? null : 'redacted-differently';
}

/** What was said of each chunk at the time, by policies. */
function judgements(events: readonly CallEvent[]): ReadonlyMap<string, Judgement> {
  const drafts = new Map<string, string>();
  const found = new Map<string, Judgement>();
  for (const event of events) {
    if (event.type === 'chunk.drafted') drafts.set(event.chunkId, event.text);
    else if (event.type === 'chunk.allowed')
      found.set(event.chunkId, { decision: 'allow', text: drafts.get(event.chunkId) ?? '', policy: null });
    else if (event.type === 'chunk.redacted')
      found.set(event.chunkId, {
        decision: 'redact',
        text: event.text,
        policy: event.verdicts.find(verdict => verdict.decision === 'redact')?.policy ?? null,
      });
    else if (event.type === 'chunk.vetoed' && event.by === 'policy')
      found.set(event.chunkId, { decision: 'veto', text: '', policy: event.policy });
  }
  return found;
}

/** Drafts that went through one gate: of one turn, one origin and one epoch, in a row. */
function utterances(events: readonly CallEvent[]): readonly (readonly Drafted[])[] {
  const groups: Drafted[][] = [];
  for (const event of events) {
    if (event.type !== 'chunk.drafted') continue;
    const last = groups.at(-1);
    const head = last?.[0];
    const together =
      head && head.turnId === event.turnId && head.origin === event.origin && head.epoch === event.epoch;
    if (last && together) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

/** Facts of each turn's tools, as they were audited. */
function toolFacts(
  events: readonly CallEvent[],
): ReadonlyMap<string, readonly { readonly name: string; readonly value: string }[]> {
  const byTurn = new Map<string, { name: string; value: string }[]>();
  for (const event of events) {
    if (event.type !== 'tool.finished' || event.turnId === undefined) continue;
    const list = byTurn.get(event.turnId) ?? [];
    byTurn.set(event.turnId, list);
    list.push(...factsOf(event.redactedResponse));
  }
  return byTurn;
}

function factsOf(response: string): readonly { name: string; value: string }[] {
  try {
    const { facts } = JSON.parse(response) as { facts?: readonly { name: string; value: string }[] };
    return Array.isArray(facts)
      ? facts.map(({ name, value }) => ({ name: String(name), value: String(value) }))
      : [];
  } catch {
    return [];
  }
}

function policyOf(outcome: {
  readonly veto: { readonly policy: string } | null;
  readonly verdicts: readonly { readonly policy: string; readonly decision: string }[];
}): string | null {
  return (
    outcome.veto?.policy ?? outcome.verdicts.find(({ decision }) => decision === 'redact')?.policy ?? null
  );
}
