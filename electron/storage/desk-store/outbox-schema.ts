import type { Migration } from '#shared/sqlite/open-database.ts';

/** `outbox.sqlite`: what exists nowhere else. Small, never thrown away (DST2). */
export const OUTBOX_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE outbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  revision_id TEXT NOT NULL UNIQUE,
  doc_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused')),
  payload_json TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  taken_version INTEGER,
  reason TEXT,
  message TEXT,
  settled_at_ms INTEGER
) STRICT;
CREATE INDEX outbox_by_doc ON outbox (doc_id, n);
CREATE TABLE unsaved (
  doc_id TEXT PRIMARY KEY, base_id TEXT, markdown TEXT NOT NULL, fields_json TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE audit_event (
  epoch INTEGER NOT NULL, seq INTEGER NOT NULL, event_id TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
  payload TEXT, salt TEXT, leaf TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_sync (
  id INTEGER PRIMARY KEY CHECK (id = 1), device_id TEXT NOT NULL, epoch INTEGER NOT NULL,
  origin_epoch INTEGER, origin_seq INTEGER, origin_hash TEXT,
  head_seq INTEGER NOT NULL, head_hash TEXT NOT NULL, acked_seq INTEGER NOT NULL, acked_hash TEXT NOT NULL
) STRICT;
CREATE TABLE audit_receipt (
  epoch INTEGER NOT NULL, seq INTEGER NOT NULL, head_hash TEXT NOT NULL, server_time_ms INTEGER NOT NULL, receipt TEXT NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;`,
  },
];
