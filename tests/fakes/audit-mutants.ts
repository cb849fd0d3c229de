import type { AuditEntry, ChainHead } from '#shared/domain/audit-chain.ts';
import { GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { headOf, nextFrame, type AuditFrame } from '#shared/domain/audit-upload.ts';
import { ackSent, LIFE_ORG, lifeRules, type LifeBook, type LifeRules } from '#tests/fixtures/audit-life.ts';

/** Writes to the tables of a store past its rules. */
export interface RawAudit {
  insert(deviceId: string, epoch: number, entries: readonly AuditEntry[]): Promise<void>;
  setHead(frame: Pick<AuditFrame, 'deviceId' | 'epoch' | 'origin'>, head: ChainHead): Promise<void>;
}

const headNow = async (book: LifeBook, { deviceId, epoch }: AuditFrame): Promise<ChainHead | null> =>
  (await book.auditHeads(LIFE_ORG, deviceId)).find(head => head.epoch === epoch)?.head ?? null;

/** Rules switched off one at a time; the same numbers as in A7 of research/sync.md. Each must be noticed by lives of devices. */
export const AUDIT_MUTANTS: Readonly<Record<string, (book: LifeBook, raw: RawAudit) => LifeRules>> = {
  'M1 the cursor moves on sending': book => ({ ...lifeRules(book), sent: ackSent }),
  'M2 head and rows in two transactions': (book, raw) => ({
    ...lifeRules(book),
    receive: async (frame, random) => {
      const before = await headNow(book, frame);
      const answer = await lifeRules(book).receive(frame, random);
      // The process ended between the two.
      if (before && frame.entries.length > 0 && random() < 0.2) await raw.setHead(frame, before);
      return answer;
    },
  }),
  'M3 a blind insert': (book, raw) => ({
    ...lifeRules(book),
    receive: async frame => {
      const last = frame.entries.at(-1);
      if (!last)
        return {
          outcome: 'ok',
          epoch: frame.epoch,
          head: (await headNow(book, frame)) ?? { seq: 0, hash: GENESIS_HASH },
        };
      await raw.insert(frame.deviceId, frame.epoch, frame.entries);
      const head = { seq: last.seq, hash: last.hash };
      await raw.setHead(frame, head);
      return { outcome: 'ok', epoch: frame.epoch, head };
    },
  }),
  'M4 the cursor is a time': book => ({
    ...lifeRules(book),
    next: (chain, limit) => {
      const ackedAtMs = chain.entries.find(({ seq }) => seq === chain.acked.seq)?.atMs ?? -1;
      const newer = chain.entries.filter(({ atMs }) => atMs > ackedAtMs).slice(0, limit);
      return { ...nextFrame(chain, limit), entries: newer };
    },
  }),
  'M5 the device believes its own number': book => ({
    ...lifeRules(book),
    answered: (chain, frame, answer) =>
      answer.outcome === 'ok'
        ? { ...chain, acked: headOf(chain) }
        : lifeRules(book).answered(chain, frame, answer),
  }),
  'M6 what is there already is not compared': book => ({
    ...lifeRules(book),
    receive: async (frame, random) => {
      const head = await headNow(book, frame);
      const last = frame.entries.at(-1);
      return head && last && last.seq <= head.seq
        ? { outcome: 'ok', epoch: frame.epoch, head: { seq: last.seq, hash: last.hash } }
        : lifeRules(book).receive(frame, random);
    },
  }),
  'M7 gaps are taken': (book, raw) => ({
    ...lifeRules(book),
    receive: async (frame, random) => {
      const answer = await lifeRules(book).receive(frame, random);
      const last = frame.entries.at(-1);
      if (answer.outcome !== 'gap' || !last) return answer;
      const head = { seq: last.seq, hash: last.hash };
      await raw.insert(frame.deviceId, frame.epoch, frame.entries);
      await raw.setHead(frame, head);
      return { outcome: 'ok', epoch: frame.epoch, head };
    },
  }),
};
