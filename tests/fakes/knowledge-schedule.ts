import type { KnowledgeBook, KnowledgeWriter } from '#shared/adapters/knowledge-book.ts';
import { seededRandom } from '#shared/base/random.ts';
import { editBlocks, type Block } from '#shared/domain/blocks.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { descends } from '#shared/domain/knowledge-revision.ts';
import type { KnowledgeChanges, KnowledgeConflict, SavedRevision } from '#shared/protocol/knowledge.ts';
import { saved, writer } from '#tests/fixtures/knowledge-revisions.ts';

/** A book that can be closed and opened again, as a worker that restarts does. */
export interface RestartingBook {
  readonly book: () => KnowledgeBook;
  readonly restart: () => Promise<void>;
}

interface Desk {
  readonly writer: KnowledgeWriter;
  cursor: number;
  heads: Map<string, string>;
  revisions: Map<string, SavedRevision>;
  conflicts: Map<string, KnowledgeConflict>;
  outbox: SavedRevision[];
}

const TEXTS = ['You have 30 days.', 'You have 45 days.', 'Refunds take a week.', 'Gift cards are final.'];
const STEPS = 24;

/**
 * Plays one schedule: three desks that edit, push, lose answers, push again, push late, pull page by page, begin anew, publish, at
 * times two at once, over a worker that restarts. @returns what is wrong in the end, by KN14 to KN18; empty when nothing is
 */
export async function playSchedule(
  seed: number,
  orgId: OrgId,
  { book, restart }: RestartingBook,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  let ids = 0;
  const newId = (): string => `s${String(seed)}-${String((ids += 1))}`;
  const found: string[] = [];
  const everySaved: SavedRevision[] = [];
  const wire: { readonly desk: Desk; readonly revision: SavedRevision }[] = [];
  const published: { readonly docId: string; readonly revisionId: string }[] = [];
  const desks = ['Ada', 'Ben', 'Cem'].map((name): Desk => ({
    writer: writer(name),
    cursor: 0,
    heads: new Map(),
    revisions: new Map(),
    conflicts: new Map(),
    outbox: [],
  }));

  const view = (desk: Desk, docId: string): SavedRevision | null =>
    desk.outbox.findLast(one => one.docId === docId) ??
    desk.revisions.get(desk.heads.get(docId) ?? '') ??
    null;
  const edit = (desk: Desk): void => {
    const docId = upTo(5) === 0 ? `doc-${desk.writer.name}` : `doc-${String(upTo(2))}`;
    const from = view(desk, docId);
    // Nobody makes the same new document twice: its name is of its author, who may have begun anew since.
    if (!from && (!docId.endsWith(desk.writer.name) || everySaved.some(one => one.docId === docId))) return;
    const texts = (from?.blocks ?? []).map(({ text }) => text);
    const at = upTo(texts.length + 1);
    const dice = upTo(4);
    if (dice === 0 && texts.length > 1) texts.splice(Math.min(at, texts.length - 1), 1);
    else if (dice === 1 && texts.length > 0)
      texts[Math.min(at, texts.length - 1)] =
        `${TEXTS[upTo(4)] ?? ''} ${desk.writer.name} ${String(upTo(99))}`;
    else texts.splice(at, 0, `${TEXTS[upTo(4)] ?? ''} ${String(upTo(999))}`);
    const open = [...desk.conflicts.values()].filter(one => one.docId === docId && one.resolvedBy === null);
    const next = saved(newId(), from?.id ?? null, [], {
      docId,
      blocks: [...editBlocks(from?.blocks ?? [], texts, newId)],
      fields: random() < 0.2 ? { title: TEXTS[upTo(4)] ?? '' } : (from?.fields ?? {}),
      isDeleted: random() < 0.08,
      resolves: random() < 0.4 ? open.map(({ id }) => id) : [],
    });
    desk.outbox.push(next);
    everySaved.push(next);
  };
  const save = async (desk: Desk, revision: SavedRevision): Promise<boolean> => {
    const answer = await book().saveRevision(orgId, revision, desk.writer);
    if (answer.outcome === 'refused') found.push(`${revision.id} was refused: ${answer.reason}`);
    return answer.outcome !== 'refused';
  };
  const send = async (desk: Desk): Promise<void> => {
    for (const one of [...desk.outbox]) {
      wire.push({ desk, revision: one });
      if (random() < 0.2) return; // lost on the way
      if (!(await save(desk, one))) return;
      if (random() < 0.2) return; // the answer is lost: it is sent again
      desk.outbox = desk.outbox.filter(other => other !== one);
      // What was fetched meanwhile is newer: the answer was lost, and this is the second one.
      if (desk.revisions.has(one.id)) continue;
      desk.revisions.set(one.id, one);
      desk.heads.set(one.docId, one.id);
    }
  };
  const take = (desk: Desk, page: KnowledgeChanges): void => {
    for (const revision of page.revisions) {
      const missing = revision.parents.filter(id => !desk.revisions.has(id));
      if (missing.length > 0) found.push(`${desk.writer.name} got ${revision.id} before its parents`);
      desk.revisions.set(revision.id, revision);
    }
    for (const { docId, headId } of page.documents) {
      if (!desk.revisions.has(headId)) found.push(`${desk.writer.name} was not given the head of ${docId}`);
      desk.heads.set(docId, headId);
    }
    for (const conflict of page.conflicts) desk.conflicts.set(conflict.id, conflict);
    desk.cursor = page.version;
  };
  const pull = async (desk: Desk, isWhole: boolean): Promise<void> => {
    for (;;) {
      const page = await book().knowledgeChanges(orgId, desk.cursor, 1 + upTo(4));
      take(desk, page);
      if (!page.hasMore || (!isWhole && random() < 0.3)) return;
    }
  };
  const publish = async (desk: Desk): Promise<void> => {
    const docId = `doc-${String(upTo(2))}`;
    const revisionId = desk.heads.get(docId);
    if (revisionId === undefined) return;
    const answer = await book().publishRevision(orgId, docId, revisionId);
    if (answer.outcome === 'published') published.push({ docId, revisionId });
  };

  for (const docId of ['doc-0', 'doc-1']) {
    const blocks = TEXTS.map(text => ({ id: newId(), text }));
    await book().saveRevision(orgId, saved(newId(), null, [], { docId, blocks }), writer('Ada'));
  }
  for (const desk of desks) if (random() < 0.8) await pull(desk, true);
  for (let step = 0; step < STEPS; step += 1) {
    const desk = desks[upTo(3)];
    const other = desks[upTo(3)];
    if (!desk || !other) continue;
    const dice = upTo(12);
    if (dice < 5) edit(desk);
    else if (dice < 7) await send(desk);
    else if (dice === 7 && desk !== other) await Promise.all([send(desk), send(other)]);
    else if (dice < 10) await pull(desk, false);
    else if (dice === 10) {
      // An old request comes late. Its answer is nobody's any more.
      const late = wire[upTo(wire.length)];
      if (late) await book().saveRevision(orgId, late.revision, late.desk.writer);
    } else {
      const rare = upTo(4);
      if (rare === 0) await restart();
      else if (rare === 1) Object.assign(desk, { cursor: 0, revisions: new Map(), heads: new Map() });
      else await publish(desk);
    }
  }
  for (const desk of desks)
    for (let round = 0; desk.outbox.length > 0 && found.length === 0; round += 1) {
      if (round > 200) found.push(`the outbox of ${desk.writer.name} was never empty`);
      await send(desk);
    }
  for (const desk of desks) await pull(desk, true);
  return [...found, ...faults(desks, everySaved, published)];
}

function faults(
  desks: readonly Desk[],
  everySaved: readonly SavedRevision[],
  published: readonly { readonly docId: string; readonly revisionId: string }[],
): readonly string[] {
  const found: string[] = [];
  const [first] = desks;
  if (!first) return found;
  const parentsOf = (id: string): readonly string[] | null => first.revisions.get(id)?.parents ?? null;
  for (const desk of desks)
    if (JSON.stringify([...desk.heads].sort()) !== JSON.stringify([...first.heads].sort()))
      found.push(`${desk.writer.name} shows another head than Ada`);
  for (const mine of everySaved) {
    const there = first.revisions.get(mine.id);
    const head = first.revisions.get(first.heads.get(mine.docId) ?? '');
    if (!there || !head) {
      found.push(`${mine.id} is not there`);
      continue;
    }
    if (JSON.stringify(there.blocks) !== JSON.stringify(mine.blocks))
      found.push(`${mine.id} reads differently`);
    if (!descends(head.id, mine.id, parentsOf))
      found.push(`${mine.id} is not in the history of its document`);
    const base = first.revisions.get(mine.parents[0] ?? '');
    for (const { id, text } of mine.blocks) {
      if (textOf(base?.blocks, id) === text || textOf(head.blocks, id) === text) continue;
      const isNamed = [...first.conflicts.values()].some(
        one => one.docId === mine.docId && one.blockId === id && one.mine === text,
      );
      if (!isNamed && !replacedKnowingly(first.revisions, mine.docId, id, text))
        found.push(`${mine.id}: the edit of ${id} is lost`);
    }
  }
  const last = new Map<string, string>();
  for (const { docId, revisionId } of published) {
    const before = last.get(docId);
    if (before !== undefined && !descends(revisionId, before, parentsOf))
      found.push(`${docId} was published backwards`);
    last.set(docId, revisionId);
  }
  return found;
}

/** Somebody who had this text before them wrote another, or took it away. */
function replacedKnowingly(
  revisions: ReadonlyMap<string, SavedRevision>,
  docId: string,
  blockId: string,
  text: string,
): boolean {
  return [...revisions.values()].some(
    later =>
      later.parents.length === 1 &&
      later.docId === docId &&
      textOf(revisions.get(later.parents[0] ?? '')?.blocks, blockId) === text &&
      textOf(later.blocks, blockId) !== text,
  );
}

const textOf = (blocks: readonly Block[] | undefined, id: string): string | null =>
  blocks?.find(block => block.id === id)?.text ?? null;

/** Ways in which a book could break what three desks rely on. */
export const SCHEDULE_MUTANTS: readonly {
  readonly name: string;
  readonly bend: (book: KnowledgeBook) => Partial<KnowledgeBook>;
}[] = [
  {
    name: 'acknowledges what it did not take',
    bend: book => {
      let calls = 0;
      return {
        saveRevision: (...args) => {
          calls += 1;
          return calls % 7 === 0
            ? Promise.resolve({ revisionId: args[1].id, outcome: 'duplicate' as const })
            : book.saveRevision(...args);
        },
      };
    },
  },
  {
    name: 'skips a page',
    bend: book => ({
      knowledgeChanges: async (...args) => {
        const page = await book.knowledgeChanges(...args);
        return page.hasMore ? { ...page, version: page.version + 1 } : page;
      },
    }),
  },
  {
    name: 'tells no conflict',
    bend: book => ({
      knowledgeChanges: async (...args) => ({ ...(await book.knowledgeChanges(...args)), conflicts: [] }),
    }),
  },
  {
    name: 'tells of each document only its newest revision',
    bend: book => ({
      knowledgeChanges: async (...args) => {
        const page = await book.knowledgeChanges(...args);
        const heads = page.documents.map(({ headId }) => headId);
        return { ...page, revisions: page.revisions.filter(({ id }) => heads.includes(id)) };
      },
    }),
  },
];
