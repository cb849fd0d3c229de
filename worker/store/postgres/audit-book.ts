import type pg from 'pg';
import type { AuditBook, DeviceHead, ParkedEntry } from '#shared/adapters/audit-book.ts';
import type { AuditEntry } from '#shared/domain/audit-chain.ts';
import { GENESIS_HASH } from '#shared/domain/audit-chain.ts';
import { receiveFrame, type AuditFrame, type FrameAnswer } from '#shared/domain/audit-upload.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import { appError } from '#shared/errors/app-error.ts';
import { accessText } from '#worker/audit/own-chains.ts';
import { parkPoison } from '#worker/audit/parking.ts';
import { sha256 } from '#worker/audit/sha256.ts';
import { inTransaction, type PostgresAccess } from './connection.ts';
import { text } from './insert-rows.ts';

/** Of the locks that devices are held by. Any number would do. */
const DEVICE_LOCK = 7_353_209;
const ENTRY_COLUMNS = 'event_id AS "eventId", ts AS "atMs", kind, payload, salt, seq, leaf, hash';
const CURSOR = /^\d+:[\w.-]*:\d+:\d+$/u;

interface StoredHead {
  readonly deviceId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly originEpoch: number | null;
  readonly originSeq: number | null;
  readonly originHash: string | null;
}

/** Audit chains in the team's store. */
export function auditBook({ inOrg, everywhere }: PostgresAccess): AuditBook {
  return {
    receiveFrame: (orgId, frame, atMs) =>
      inOrg(orgId, client => inTransaction(client, () => receive(client, orgId, frame, atMs))),
    auditHeads: (orgId, deviceId) =>
      inOrg(orgId, async client => (await readHeads(client, orgId, deviceId)).map(row => headOf(orgId, row))),
    auditEntries: ({ orgId, deviceId, epoch, afterSeq, limit }) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<AuditEntry>({
          name: 'audit-entries',
          text: `SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE org_id = $1 AND device_id = $2 AND epoch = $3 AND seq > $4 ORDER BY seq LIMIT $5`,
          values: [orgId, text(deviceId), epoch, afterSeq, limit],
        });
        return rows;
      }),
    auditChanges: (orgId, cursor, limit) =>
      inOrg(orgId, async client => {
        if (cursor !== null && !CURSOR.test(cursor))
          throw appError('input.invalid', 'This is no cursor of audit changes.');
        const [xid = '0', deviceId = '', epoch = '0', seq = '0'] = (cursor ?? '').split(':');
        // By the number, not by its text of the same name. Only what is older than every transaction that still runs: nothing ever appears behind the cursor.
        const { rows } = await client.query<ChangeRow>({
          name: 'audit-changes',
          text: `SELECT xid::text AS xid, device_id AS "deviceId", epoch, received_at AS "receivedAtMs", ${ENTRY_COLUMNS} FROM audit_entries
                 WHERE org_id = $1 AND (xid, device_id, epoch, seq) > ($2::xid8, $3, $4, $5) AND xid < pg_snapshot_xmin(pg_current_snapshot())
                 ORDER BY audit_entries.xid, device_id, epoch, seq LIMIT $6`,
          values: [orgId, xid === '' ? '0' : xid, deviceId, Number(epoch), Number(seq), limit],
        });
        const last = rows.at(-1);
        return {
          changes: rows.map(({ xid: _xid, deviceId: of, epoch: in_, receivedAtMs, ...entry }) => ({
            deviceId: of,
            epoch: in_,
            receivedAtMs,
            entry,
          })),
          cursor: last
            ? [last.xid, last.deviceId, String(last.epoch), String(last.seq)].join(':')
            : (cursor ?? '0::0:0'),
        };
      }),
    parkedEntries: orgId =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<ParkedEntry>(
          'SELECT device_id AS "deviceId", epoch, seq, reason, raw FROM audit_parked WHERE org_id = $1 ORDER BY device_id, epoch, seq',
          [orgId],
        );
        return rows;
      }),
    addAnchor: ({ orgId, number, atMs, jws }) =>
      inOrg(orgId, async client => {
        await client.query('INSERT INTO audit_anchors (org_id, number, ts, jws) VALUES ($1, $2, $3, $4)', [
          orgId,
          number,
          Math.round(atMs),
          jws,
        ]);
      }),
    auditAnchors: orgId =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<{ number: number; atMs: number; jws: string }>(
          'SELECT number, ts AS "atMs", jws FROM audit_anchors WHERE org_id = $1 ORDER BY number',
          [orgId],
        );
        return rows.map(row => ({ orgId, ...row }));
      }),
    addAuditKey: (keyId, jwk) =>
      everywhere(async client => {
        await client.query('INSERT INTO audit_keys (id, jwk) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
          keyId,
          jwk,
        ]);
      }),
    auditKeys: () =>
      everywhere(async client => {
        const { rows } = await client.query<{ keyId: string; jwk: string }>(
          'SELECT id AS "keyId", jwk FROM audit_keys ORDER BY id',
        );
        return rows;
      }),
    auditedOrgs: () =>
      everywhere(async client => {
        const { rows } = await client.query<{ orgId: OrgId }>(
          'SELECT DISTINCT org_id AS "orgId" FROM audit_devices ORDER BY org_id',
        );
        return rows.map(({ orgId }) => orgId);
      }),
    callLogTexts: (callId, afterSeq, limit) =>
      everywhere(async client => {
        const { rows } = await client.query<{ seq: number; text: string }>({
          name: 'call-log-texts',
          text: 'SELECT seq, payload_json AS text FROM call_events WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
          values: [text(callId), afterSeq, limit],
        });
        return rows;
      }),
    accessTexts: (orgId, afterId, limit) =>
      inOrg(orgId, async client => {
        const { rows } = await client.query<AccessRowText>({
          name: 'access-texts',
          text: `SELECT id, org_id AS "orgId", user_id AS "userId", action, outcome, ts AS "atMs", payload_json AS payload FROM audit_access WHERE org_id = $1 AND id COLLATE "C" > $2 ORDER BY id COLLATE "C" LIMIT $3`,
          values: [orgId, text(afterId), limit],
        });
        return rows.map(row => ({
          id: row.id,
          atMs: row.atMs,
          text: accessText({ ...row, payload: JSON.parse(row.payload) as unknown }),
        }));
      }),
  };
}

type ChangeRow = AuditEntry & {
  readonly xid: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly receivedAtMs: number;
};
interface AccessRowText {
  readonly id: string;
  readonly orgId: OrgId;
  readonly userId: string;
  readonly action: string;
  readonly outcome: string;
  readonly atMs: number;
  readonly payload: string;
}

/** Inside a transaction. Whoever sends for the same device waits; nothing is written unless all of it is (SYN3). */
async function receive(
  client: pg.ClientBase,
  orgId: OrgId,
  frame: AuditFrame,
  atMs: number,
): Promise<FrameAnswer> {
  const { deviceId, epoch, origin, entries } = frame;
  // The head of an epoch that has not begun is no row that could be locked.
  await client.query({
    name: 'audit-hold-device',
    text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
    values: [DEVICE_LOCK, `${orgId}\n${deviceId}`],
  });
  const heads = new Map((await readHeads(client, orgId, deviceId)).map(row => [row.epoch, row]));
  const known = heads.get(epoch);
  const overlap = entries.findLast(({ seq }) => seq <= (known?.seq ?? 0));
  const hashes = new Map<string, string>();
  const wanted = [
    ...(origin && origin.seq > 0 ? [[origin.epoch, origin.seq] as const] : []),
    ...(overlap ? [[epoch, overlap.seq] as const] : []),
  ];
  for (const [of, seq] of wanted) {
    const { rows } = await client.query<{ hash: string }>({
      name: 'audit-hash-at',
      text: 'SELECT hash FROM audit_entries WHERE org_id = $1 AND device_id = $2 AND epoch = $3 AND seq = $4',
      values: [orgId, text(deviceId), of, seq],
    });
    if (rows[0]) hashes.set(`${String(of)}:${String(seq)}`, rows[0].hash);
  }
  const { answer, fresh } = receiveFrame(
    sha256,
    {
      newestEpoch: Math.max(0, ...heads.keys()),
      headOf: of => heads.get(of) ?? null,
      hashAt: (of, seq) => hashes.get(`${String(of)}:${String(seq)}`) ?? null,
    },
    frame,
  );
  const last = fresh.at(-1);
  if (answer.outcome !== 'ok' || !last) return answer;
  const { kept, parked } = parkPoison(fresh);
  // One text for all rows: an array for each column costs more to write down than to insert. Source: research/sync.md B8.
  const written = await client.query({
    name: 'audit-insert',
    text: `INSERT INTO audit_entries (org_id, device_id, epoch, seq, event_id, ts, kind, payload, salt, leaf, hash, received_at)
           SELECT $1, $2, $3, seq, "eventId", "atMs", kind, payload, salt, leaf, hash, $4
           FROM json_to_recordset($5::json) AS given (seq bigint, "eventId" text, "atMs" bigint, kind text, payload text, salt text, leaf text, hash text)
           ON CONFLICT DO NOTHING`,
    values: [orgId, text(deviceId), epoch, Math.round(atMs), JSON.stringify(kept)],
  });
  if (written.rowCount !== fresh.length)
    throw appError(
      'storage.failed',
      'A part of an audit chain is there without its head. Nothing was written.',
    );
  for (const { seq, reason, raw } of parked)
    await client.query(
      'INSERT INTO audit_parked (org_id, device_id, epoch, seq, reason, raw) VALUES ($1, $2, $3, $4, $5, $6)',
      [orgId, deviceId, epoch, seq, reason, raw],
    );
  await client.query({
    name: 'audit-head',
    text: `INSERT INTO audit_devices (org_id, device_id, epoch, head_seq, head_hash, origin_epoch, origin_seq, origin_hash, opened_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (org_id, device_id, epoch) DO UPDATE SET head_seq = excluded.head_seq, head_hash = excluded.head_hash`,
    values: [
      orgId,
      text(deviceId),
      epoch,
      last.seq,
      last.hash,
      origin?.epoch ?? null,
      origin?.seq ?? null,
      origin?.hash ?? null,
      Math.round(atMs),
    ],
  });
  return answer;
}

async function readHeads(
  client: pg.ClientBase,
  orgId: OrgId,
  deviceId: string | null,
): Promise<readonly StoredHead[]> {
  const columns =
    'device_id AS "deviceId", epoch, head_seq AS seq, head_hash AS hash, origin_epoch AS "originEpoch", origin_seq AS "originSeq", origin_hash AS "originHash"';
  const { rows } =
    deviceId === null
      ? await client.query<StoredHead>({
          name: 'audit-heads',
          text: `SELECT ${columns} FROM audit_devices WHERE org_id = $1 ORDER BY device_id COLLATE "C", epoch`,
          values: [orgId],
        })
      : await client.query<StoredHead>({
          name: 'audit-heads-of-device',
          text: `SELECT ${columns} FROM audit_devices WHERE org_id = $1 AND device_id = $2 ORDER BY epoch`,
          values: [orgId, text(deviceId)],
        });
  return rows;
}

function headOf(orgId: OrgId, row: StoredHead): DeviceHead {
  const { originEpoch, originSeq, originHash } = row;
  return {
    orgId,
    deviceId: row.deviceId,
    epoch: row.epoch,
    origin:
      originEpoch === null || originSeq === null
        ? null
        : { epoch: originEpoch, seq: originSeq, hash: originHash ?? GENESIS_HASH },
    head: { seq: row.seq, hash: row.hash },
  };
}
