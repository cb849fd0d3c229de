import { openToRead } from '#shared/sqlite/open-database.ts';
import type { ChainReader } from '#worker/audit/prove-chains.ts';
import { SqliteTickets } from './sqlite-tickets.ts';

/** What a proof reads, of a file that its worker may go on writing. Throws `storage.*`. */
export function readChainsOfFile(file: string): { readonly reader: ChainReader; readonly close: () => void } {
  const database = openToRead(file);
  const tables = new SqliteTickets(database);
  return {
    reader: {
      auditHeads: async (...args) => tables.auditHeads(...args),
      auditEntries: async query => tables.auditEntries(query),
      auditChanges: async (...args) => tables.auditChanges(...args),
      parkedEntries: async orgId => tables.parkedEntries(orgId),
      auditAnchors: async orgId => tables.auditAnchors(orgId),
      auditKeys: async () => tables.auditKeys(),
      auditedOrgs: async () => tables.auditedOrgs(),
      callLogTexts: async (...args) => tables.callLogTexts(...args),
      accessTexts: async (...args) => tables.accessTexts(...args),
      policyRows: async callId => tables.policyRows(callId),
      toolCalls: async callId => tables.toolCalls(callId),
    },
    close: () => void database.close(),
  };
}
