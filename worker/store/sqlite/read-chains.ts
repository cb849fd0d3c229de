import { openToRead } from '#shared/sqlite/open-database.ts';
import type { ChainReader } from '#worker/audit/prove-chains.ts';
import { SqliteAudit } from './sqlite-audit.ts';
import { SqliteCalls } from './sqlite-calls.ts';
import { SqliteTickets } from './sqlite-tickets.ts';

/** What a proof reads, of a file that its worker may go on writing. Throws `storage.*`. */
export function readChainsOfFile(file: string): { readonly reader: ChainReader; readonly close: () => void } {
  const database = openToRead(file);
  const audit = new SqliteAudit(database);
  const calls = new SqliteCalls(database);
  const tickets = new SqliteTickets(database, audit);
  return {
    reader: {
      auditHeads: async (...args) => audit.auditHeads(...args),
      auditEntries: async query => audit.auditEntries(query),
      auditChanges: async (...args) => audit.auditChanges(...args),
      parkedEntries: async orgId => audit.parkedEntries(orgId),
      auditAnchors: async orgId => audit.auditAnchors(orgId),
      auditKeys: async () => audit.auditKeys(),
      auditedOrgs: async () => audit.auditedOrgs(),
      callLogTexts: async (...args) => audit.callLogTexts(...args),
      accessTexts: async (...args) => audit.accessTexts(...args),
      policyRows: async callId => calls.policyRows(callId),
      toolCalls: async callId => tickets.toolCalls(callId),
    },
    close: () => void database.close(),
  };
}
