import type { Migration } from '#shared/sqlite/open-database.ts';

/**
 * `desk.sqlite`: what the worker has too, kept here to be read without it. May be thrown away at any time and is then read
 * anew (DST3). Tables of vectors are made where they are used: they need an extension that may be missing.
 */
export const CACHE_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE kb_doc (
  doc_id TEXT PRIMARY KEY, head_id TEXT NOT NULL, published_id TEXT, is_deleted INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE TABLE kb_rev (
  n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, doc_id TEXT NOT NULL, payload_json TEXT NOT NULL
) STRICT;
CREATE INDEX kb_rev_by_doc ON kb_rev (doc_id, n);
CREATE TABLE kb_conflict (
  id TEXT PRIMARY KEY, doc_id TEXT NOT NULL, resolved_by TEXT, payload_json TEXT NOT NULL
) STRICT;
CREATE INDEX kb_conflict_by_doc ON kb_conflict (doc_id);
CREATE TABLE kb_indexed (doc_id TEXT PRIMARY KEY, head_id TEXT NOT NULL, has_vectors INTEGER NOT NULL) STRICT;
CREATE TABLE kb_chunk (
  n INTEGER PRIMARY KEY AUTOINCREMENT, doc_id TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX kb_chunk_by_doc ON kb_chunk (doc_id);
CREATE VIRTUAL TABLE kb_words USING fts5 (title, text, content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');
CREATE TABLE snapshot (
  n INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id TEXT NOT NULL, manifest_json TEXT NOT NULL, built_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE snapshot_part (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE call (
  id TEXT PRIMARY KEY, started_at_ms INTEGER NOT NULL, ended_at_ms INTEGER, listed_json TEXT, seen_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_by_start ON call (started_at_ms DESC);
CREATE TABLE call_event (
  conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL, type TEXT NOT NULL, payload_json TEXT NOT NULL,
  PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;`,
  },
];
