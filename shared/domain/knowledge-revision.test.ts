import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom, type Random } from '#shared/base/random.ts';
import { editBlocks, type Block } from './blocks.ts';
import {
  acceptRevision,
  descends,
  publishProblem,
  WHOLE_DOCUMENT,
  type Acceptance,
  type Revision,
} from './knowledge-revision.ts';

const revision = (
  id: string,
  parent: string | null,
  text: string,
  more: Partial<Revision> = {},
): Revision => ({
  id,
  docId: 'doc',
  parents: parent === null ? [] : [parent],
  author: 'Lind',
  blocks: [{ id: 'b', text }],
  fields: {},
  isDeleted: false,
  ...more,
});
const ROOT = revision('r0', null, 'You have 30 days.');
const accept = (mine: Revision, head: Revision | null, base: Revision | null): Acceptance =>
  acceptRevision(mine, { head, base, isKnown: false }, () => 'merge');

describe('one revision', () => {
  test('[KN10] on top of the head it is the head; beside it, it is merged with its own parent as the base', () => {
    expect(accept(ROOT, null, null)).toEqual({ outcome: 'forwarded', head: ROOT });
    const next = revision('r1', 'r0', 'You have 45 days.');
    expect(accept(next, ROOT, ROOT)).toEqual({ outcome: 'forwarded', head: next });
    const beside = revision('r2', 'r0', 'You have 30 days.', { fields: { title: 'Returns' } });
    expect(accept(beside, next, ROOT)).toMatchObject({
      outcome: 'merged',
      conflicts: [],
      head: { id: 'merge', parents: ['r1', 'r2'], blocks: next.blocks, fields: { title: 'Returns' } },
    });
  });

  test('[KN11][KN12] a known one changes nothing; one from nowhere is refused', () => {
    expect(acceptRevision(ROOT, { head: ROOT, base: null, isKnown: true }, () => 'm')).toEqual({
      outcome: 'duplicate',
    });
    expect(accept(revision('r9', 'gone', 'x'), ROOT, null)).toEqual({
      outcome: 'refused',
      reason: 'unknown-parent',
    });
    expect(accept(revision('r9', null, 'x'), ROOT, null)).toEqual({
      outcome: 'refused',
      reason: 'already-exists',
    });
  });

  test('[KN13] a deletion wins over nothing that was written, and is kept where nobody wrote', () => {
    const deleted = revision('d', 'r0', 'You have 30 days.', { isDeleted: true });
    const changed = revision('c', 'r0', 'You have 45 days.');
    for (const [mine, head] of [
      [deleted, changed],
      [changed, deleted],
    ] as const) {
      const merged = accept(mine, head, ROOT);
      expect(merged).toMatchObject({ outcome: 'merged', head: { isDeleted: false, blocks: changed.blocks } });
      expect(merged.outcome === 'merged' && merged.conflicts.map(({ blockId }) => blockId)).toEqual([
        WHOLE_DOCUMENT,
      ]);
    }
    const untouched = revision('u', 'r0', 'You have 30 days.');
    expect(accept(untouched, deleted, ROOT)).toMatchObject({ head: { isDeleted: true }, conflicts: [] });
    const back = revision('k', 'd', 'You have 30 days.');
    const still = revision('s', 'd', 'You have 30 days.', { isDeleted: true, fields: { owner: 'Roe' } });
    expect(accept(back, still, deleted)).toMatchObject({ head: { isDeleted: false }, conflicts: [] });
  });

  test('[KN15] what is answered from moves forward only, and over no open conflict', () => {
    const parents: Record<string, readonly string[]> = { r0: [], r1: ['r0'], r2: ['r0'], m: ['r1', 'r2'] };
    const parentsOf = (id: string): readonly string[] | null => parents[id] ?? null;
    expect(publishProblem('m', 'r1', 0, parentsOf)).toBeNull();
    expect(publishProblem('m', null, 1, parentsOf)).toBe('open-conflict');
    expect(publishProblem('r0', 'm', 0, parentsOf)).toBe('not-later');
    expect(publishProblem('r1', 'r2', 0, parentsOf)).toBe('not-later');
    expect(publishProblem('r7', null, 0, parentsOf)).toBe('unknown');
    expect(descends('m', 'r0', parentsOf)).toBe(true);
  });
});

/** A server and three desks over a network that loses, doubles and reorders. Desks keep what they sent until it is answered. */
class World {
  readonly revisions = new Map<string, Revision>();
  readonly heads = new Map<string, string>();
  readonly conflicts: { readonly docId: string; readonly blockId: string; readonly mine: string | null }[] =
    [];
  readonly saved: Revision[] = [];
  readonly #accept: typeof acceptRevision;
  #next = 0;

  constructor(accept: typeof acceptRevision) {
    this.#accept = accept;
  }

  newId = (): string => `n${String((this.#next += 1))}`;

  /** @returns false when the revision was refused */
  receive(mine: Revision): boolean {
    const head = this.revisions.get(this.heads.get(mine.docId) ?? '') ?? null;
    const base = this.revisions.get(mine.parents[0] ?? '') ?? null;
    const answer = this.#accept(mine, { head, base, isKnown: this.revisions.has(mine.id) }, this.newId);
    if (answer.outcome === 'refused') return false;
    if (answer.outcome === 'duplicate') return true;
    this.revisions.set(mine.id, mine);
    this.revisions.set(answer.head.id, answer.head);
    this.heads.set(mine.docId, answer.head.id);
    if (answer.outcome === 'merged')
      for (const { blockId, mine: wanted } of answer.conflicts)
        this.conflicts.push({ docId: mine.docId, blockId, mine: wanted });
    return true;
  }
}

interface Desk {
  readonly name: string;
  readonly heads: Map<string, Revision>;
  outbox: Revision[];
}

const TEXTS = ['You have 30 days.', 'You have 45 days.', 'Refunds take a week.', 'Gift cards are final.'];

function play(
  seed: number,
  accept: typeof acceptRevision,
): { readonly world: World; readonly desks: readonly Desk[] } {
  const random: Random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const world = new World(accept);
  const desks: Desk[] = ['Ada', 'Ben', 'Cem'].map(name => ({ name, heads: new Map(), outbox: [] }));
  const wire: Revision[] = [];
  const view = (desk: Desk, docId: string): Revision | null =>
    desk.outbox.findLast(one => one.docId === docId) ?? desk.heads.get(docId) ?? null;

  const edit = (desk: Desk): void => {
    const docId = `doc${String(upTo(2))}`;
    const seen = view(desk, docId);
    // Two desks never make the same new document: its name is of its author.
    const mine = seen ? docId : `${docId}-${desk.name}`;
    const from = seen ?? view(desk, mine);
    const texts = (from?.blocks ?? []).map(({ text }) => text);
    const dice = upTo(4);
    const at = upTo(texts.length + 1);
    if (dice === 0 && texts.length > 1) texts.splice(Math.min(at, texts.length - 1), 1);
    else if (dice === 1 && texts.length > 0)
      texts[Math.min(at, texts.length - 1)] = `${TEXTS[upTo(4)] ?? ''} ${desk.name}${String(upTo(99))}`;
    else texts.splice(at, 0, `${TEXTS[upTo(4)] ?? ''} ${String(upTo(999))}`);
    const next: Revision = {
      id: world.newId(),
      docId: from?.docId ?? mine,
      parents: from ? [from.id] : [],
      author: desk.name,
      blocks: editBlocks(from?.blocks ?? [], texts, world.newId),
      fields: random() < 0.2 ? { title: TEXTS[upTo(4)] ?? '' } : (from?.fields ?? {}),
      isDeleted: random() < 0.08,
    };
    desk.outbox.push(next);
    world.saved.push(next);
  };
  const send = (desk: Desk): void => {
    // In order and until the first that is not answered; the answer may be lost too.
    for (const one of [...desk.outbox]) {
      wire.push(one);
      if (random() < 0.2) return;
      if (!world.receive(one)) throw new Error(`refused ${one.id}`);
      if (random() < 0.2) return;
      desk.outbox = desk.outbox.filter(other => other !== one);
      // What was sent is what this person sees until something newer is fetched.
      desk.heads.set(one.docId, one);
    }
  };
  const pull = (desk: Desk): void => {
    for (const [docId, id] of world.heads) {
      const head = world.revisions.get(id);
      if (head) desk.heads.set(docId, head);
    }
  };
  for (const docId of ['doc0', 'doc1']) {
    const blocks = TEXTS.map(text => ({ id: world.newId(), text }));
    world.receive({ ...revision(world.newId(), null, ''), docId, blocks });
  }
  for (const desk of desks) if (random() < 0.8) pull(desk);
  for (let step = 0; step < 40; step += 1) {
    const desk = desks[upTo(3)];
    if (!desk) continue;
    const dice = upTo(10);
    if (dice < 5) edit(desk);
    else if (dice < 7) send(desk);
    else if (dice < 9) pull(desk);
    // An old request comes late, when what it needs may be there or not.
    else if (wire.length > 0) world.receive(wire[upTo(wire.length)] as Revision);
  }
  for (const desk of desks) {
    for (let round = 0; desk.outbox.length > 0; round += 1) {
      if (round > 200) throw new Error('never drained');
      send(desk);
    }
  }
  for (const desk of desks) pull(desk);
  return { world, desks };
}

/** What is wrong with the outcome, by KN14. */
function faults({ world, desks }: ReturnType<typeof play>): readonly string[] {
  const found: string[] = [];
  const parentsOf = (id: string): readonly string[] | null => world.revisions.get(id)?.parents ?? null;
  for (const desk of desks)
    for (const [docId, id] of world.heads)
      if (desk.heads.get(docId)?.id !== id) found.push(`${desk.name} shows another ${docId}`);
  for (const mine of world.saved) {
    const head = world.revisions.get(world.heads.get(mine.docId) ?? '');
    if (!world.revisions.has(mine.id) || !head) {
      found.push(`${mine.id} is not there`);
      continue;
    }
    if (!descends(head.id, mine.id, parentsOf))
      found.push(`${mine.id} is not in the history of its document`);
    const base = world.revisions.get(mine.parents[0] ?? '');
    for (const { id, text } of mine.blocks) {
      if (textOf(base?.blocks, id) === text || textOf(head.blocks, id) === text) continue;
      if (world.conflicts.some(one => one.docId === mine.docId && one.blockId === id && one.mine === text))
        continue;
      if (!replacedKnowingly(world, mine, id, text)) found.push(`${mine.id}: the edit of ${id} is lost`);
    }
  }
  return found;
}

/** Somebody who had this text before them wrote another, or took it away. */
function replacedKnowingly(world: World, mine: Revision, blockId: string, text: string): boolean {
  return [...world.revisions.values()].some(
    later =>
      later.parents.length === 1 &&
      later.docId === mine.docId &&
      textOf(world.revisions.get(later.parents[0] ?? '')?.blocks, blockId) === text &&
      textOf(later.blocks, blockId) !== text,
  );
}

const textOf = (blocks: readonly Block[] | undefined, id: string): string | null =>
  blocks?.find(block => block.id === id)?.text ?? null;

/** The ways in which such a thing is done wrong. */
const MUTANTS: Readonly<Record<string, typeof acceptRevision>> = {
  'the last one wins': revision => ({ outcome: 'forwarded', head: revision }),
  'the head wins': (revision, standing, newId) => {
    const answer = acceptRevision(revision, standing, newId);
    return answer.outcome === 'merged' && standing.head
      ? {
          ...answer,
          head: { ...standing.head, id: answer.head.id, parents: answer.head.parents },
          conflicts: [],
        }
      : answer;
  },
  'conflicts are dropped': (revision, standing, newId) => {
    const answer = acceptRevision(revision, standing, newId);
    return answer.outcome === 'merged' ? { ...answer, conflicts: [] } : answer;
  },
  'the head is taken for the base': (revision, standing, newId) =>
    acceptRevision(revision, { ...standing, base: standing.head }, newId),
};

describe('three desks and a server', () => {
  test('[KN14] whatever the network does, all agree in the end and no edit is lost', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        expect(faults(play(seed, acceptRevision))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test.each(Object.entries(MUTANTS))('[KN14] would be noticed: %s', (_name, mutant) => {
    const caught = Array.from({ length: 300 }, (_, seed) => {
      try {
        return faults(play(seed, mutant)).length > 0;
      } catch {
        return true;
      }
    });
    expect(caught).toContain(true);
  });
});
