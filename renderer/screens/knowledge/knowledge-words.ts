import type { KnowledgeFilter, KnowledgeItem, KnowledgeStatus } from '#shared/ipc/knowledge-commands.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';

export const STATUS_WORDS: Readonly<Record<KnowledgeStatus, string>> = {
  draft: 'Draft',
  'in-review': 'In review',
  approved: 'Approved',
  archived: 'Archived',
};

/** The filters as chips; those without an article are left out, but `all`. */
export const FILTERS: readonly (readonly [filter: KnowledgeFilter, words: string])[] = [
  ['all', 'All'],
  ['draft', 'Draft'],
  ['in-review', 'In review'],
  ['approved', 'Approved'],
  ['due', 'Due'],
  ['conflict', 'Conflict'],
  ['waiting', 'Waiting'],
  ['archived', 'Archived'],
];

/** The same for policies: what is approved of an article is in force of a policy. */
export const POLICY_FILTERS: typeof FILTERS = [
  ['all', 'All'],
  ['approved', 'In force'],
  ['draft', 'Changed'],
  ['conflict', 'Conflict'],
  ['waiting', 'Waiting'],
  ['archived', 'Out of force'],
];

export type Hue = 'text-warn' | 'text-ok' | 'text-accent' | 'text-muted';

/** The one word that matters most about an article in the list. */
export function standing(item: KnowledgeItem, nowMs: number): { readonly words: string; readonly hue: Hue } {
  if (item.openConflicts > 0) return { words: 'Conflict', hue: 'text-warn' };
  if (item.status === 'archived') return { words: 'Archived', hue: 'text-muted' };
  if (item.verifyByMs !== null && item.verifyByMs <= nowMs) return { words: 'Due', hue: 'text-warn' };
  if (item.status === 'approved') return { words: 'Approved', hue: 'text-ok' };
  const words = item.status === 'in-review' ? 'In review' : 'Draft';
  return { words: item.waiting > 0 ? `${words}, on this desk` : words, hue: 'text-accent' };
}

/** The one word that matters most about a policy in the list (POL70). */
export function policyStanding(item: KnowledgeItem): { readonly words: string; readonly hue: Hue } {
  if (item.openConflicts > 0) return { words: 'Conflict', hue: 'text-warn' };
  if (item.status === 'archived') return { words: 'Out of force', hue: 'text-muted' };
  if (item.status === 'approved') return { words: 'In force', hue: 'text-ok' };
  const words = item.isPublished ? 'Changed' : 'Not in force yet';
  return { words: item.waiting > 0 ? `${words}, on this desk` : words, hue: 'text-accent' };
}

/** `2 min ago`, `3 h ago`, then the day; short, because it stands in every row. */
export function agoWords(atMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - atMs) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return dayWords(atMs, nowMs);
}

/** `30 Nov`, with the year where it is another. */
export function dayWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const isThisYear = at.getFullYear() === new Date(nowMs).getFullYear();
  return at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}

/** What a refusal means here and what to do, where the worker's own words are for any caller of its interface. */
export function refusalWords(what: 'save' | 'publish', error: ErrorBody, isPolicy = false): string {
  if (isPolicy) return policyRefusal(what, error);
  switch (error.code) {
    case 'worker.unreachable':
    case 'link.closed':
    case 'link.timeout':
      return 'Publishing needs the worker. The article is saved on this desk; publish it when the worker is back.';
    case 'knowledge.conflict':
      return 'Two people changed the same paragraph. Settle the conflict, then publish.';
    case 'access.denied':
      return what === 'publish'
        ? 'You may edit and not publish. Ask for review, or ask an admin for the right.'
        : 'You may not edit. An admin can give you the right. What you typed stays here.';
    case 'storage.full':
      return 'The disk is full. What you typed stays here; make room and save again.';
    default:
      return error.message;
  }
}

function policyRefusal(what: 'save' | 'publish', error: ErrorBody): string {
  switch (error.code) {
    case 'worker.unreachable':
    case 'link.closed':
    case 'link.timeout':
      return 'Putting in force needs the worker. The text is saved on this desk; put it in force when the worker is back.';
    case 'knowledge.conflict':
      return 'Two people changed the same clause. Settle the conflict, then put it in force.';
    case 'access.denied':
      return 'You may read policies and not change them. An admin can give you the right.';
    case 'knowledge.unknown':
      return what === 'publish'
        ? 'The worker does not have this text yet. Try again in a moment.'
        : error.message;
    default:
      return error.message;
  }
}

/** A text cut where the found places begin and end. Places may overlap or lie outside; the parts always give the text. */
export function markedParts(
  text: string,
  spans: readonly { readonly from: number; readonly to: number }[],
): readonly { readonly text: string; readonly isHit: boolean }[] {
  const parts: { text: string; isHit: boolean }[] = [];
  let at = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(at, from);
    const end = Math.min(text.length, to);
    if (end <= start) continue;
    if (start > at) parts.push({ text: text.slice(at, start), isHit: false });
    parts.push({ text: text.slice(start, end), isHit: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isHit: false });
  return parts;
}

export const answersWords = (count: number): string => (count === 1 ? '1 answer' : `${count} answers`);
