/** `npm run audit:verify -- [--data DIR] [--url URL --token FILE] [--receipts FILE]`, or with DATABASE_URL: proves the audit chains. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { existsSync } from 'node:fs';
import { toErrorBody } from '#shared/errors/app-error.ts';
import { openToRead } from '#shared/sqlite/open-database.ts';
import { auditProofSchema, type AuditProof } from '#shared/protocol/audit.ts';
import { proveGrowingChains, type ProofExtras } from '#worker/audit/prove-chains.ts';
import { ANCHORS_FILE, readAnchors } from '#worker/entry/open-audit.ts';
import { readChainsOfTeam } from '#worker/store/postgres/read-chains.ts';
import { readChainsOfFile } from '#worker/store/sqlite/read-chains.ts';
import { proofLines } from './audit/proof-lines.ts';

const USAGE =
  'npm run audit:verify -- [--data DIR] [--url URL --token FILE] [--receipts FILE]; DATABASE_URL names a team’s database.';

try {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      receipts: { type: 'string' },
    },
  });
  const proofs = await proveAll(values);
  for (const [where, proof] of proofs) for (const line of proofLines(where, proof)) console.log(line);
  process.exitCode = proofs.every(([, { verdict }]) => verdict === 'pass') ? 0 : 1;
} catch (error) {
  const { code, message } = toErrorBody(error, 'worker');
  console.error(
    code === 'bug.invariant'
      ? `${error instanceof Error ? error.message : String(error)}\n${USAGE}`
      : `${code}: ${message}`,
  );
  process.exitCode = 2;
}

async function proveAll(options: {
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
  readonly receipts?: string;
}): Promise<readonly (readonly [where: string, proof: AuditProof])[]> {
  const { url, token, data = 'data' } = options;
  const receipts = [
    ...(options.receipts === undefined ? [] : linesOf(options.receipts)),
    ...receiptsOfDesk(join(data, 'outbox.sqlite')),
  ];
  const extras: ProofExtras = { receipts, anchors: readAnchors(join(data, ANCHORS_FILE)) };
  if (url !== undefined) {
    const session = readFileSync(token ?? join(data, 'token'), 'utf8').trim();
    const answer = await fetch(`${url}/api/audit/proof`, { headers: { authorization: `Bearer ${session}` } });
    if (!answer.ok) throw new Error(`${url} answers ${String(answer.status)}: ${await answer.text()}`);
    return [[url, auditProofSchema.parse(await answer.json())]];
  }
  const database = process.env['DATABASE_URL'];
  if (database !== undefined && database !== '' && options.data === undefined) {
    const { reader, close } = readChainsOfTeam(database);
    try {
      return [['the team’s database', await proveGrowingChains(reader, extras)]];
    } finally {
      await close();
    }
  }
  const files = ['worker.sqlite', 'spool.sqlite']
    .map(name => join(data, name))
    .filter(file => existsSync(file));
  if (files.length === 0) throw new Error(`${data} has no record of a worker.`);
  const proofs: (readonly [string, AuditProof])[] = [];
  for (const file of files) {
    const { reader, close } = readChainsOfFile(file);
    // What a desk was given belongs to the record it was given by.
    proofs.push([file, await proveGrowingChains(reader, file.endsWith('worker.sqlite') ? extras : {})]);
    close();
  }
  return proofs;
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

/** Receipts that a desk of this data folder kept. */
function receiptsOfDesk(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const outbox = openToRead(file);
  try {
    return outbox.prepare('SELECT receipt FROM audit_receipt ORDER BY epoch, seq').pluck().all() as string[];
  } catch {
    return []; // of a desk that never had any
  } finally {
    outbox.close();
  }
}
