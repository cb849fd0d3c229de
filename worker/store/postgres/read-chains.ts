import type { ChainReader } from '#worker/audit/prove-chains.ts';
import { auditBook } from './audit-book.ts';
import { callQueries } from './call-queries.ts';
import { accessPostgres } from './connection.ts';

/** What a proof reads of the team's database. Takes no log from the worker that writes it. Rejects with `storage.*`. */
export function readChainsOfTeam(url: string): {
  readonly reader: ChainReader;
  readonly close: () => Promise<void>;
} {
  const access = accessPostgres(url);
  const { policyRows, toolCalls } = callQueries(access, '');
  return { reader: { ...auditBook(access), policyRows, toolCalls }, close: () => access.close() };
}
