import { z } from 'zod';
import type { Brand } from './units.ts';

/** One phone call, and its conversation: the `conversation_id` of every table and event. */
export type CallId = Brand<string, 'CallId'>;
/** One exchange inside a call: the caller spoke, the AI answers. */
export type TurnId = Brand<string, 'TurnId'>;
/** One piece of AI speech, from draft to the last sample. */
export type ChunkId = Brand<string, 'ChunkId'>;
export type OrgId = Brand<string, 'OrgId'>;
export type UserId = Brand<string, 'UserId'>;
/** One note whispered to the AI. */
export type NoteId = Brand<string, 'NoteId'>;
/** Idempotency key of a supervision command; chosen by the client. */
export type CommandId = Brand<string, 'CommandId'>;
/** Row id in `audit_policy` or `audit_tool_calls`. */
export type AuditId = Brand<string, 'AuditId'>;

// A brand is a compile-time fact: the cast adds no work at run time and keeps the JSON schema a plain string.
function branded<Id extends string>(): z.ZodType<Id, string> {
  return z.string().min(1).max(64) as unknown as z.ZodType<Id, string>;
}

export const callIdSchema = branded<CallId>();
export const turnIdSchema = branded<TurnId>();
export const chunkIdSchema = branded<ChunkId>();
export const orgIdSchema = branded<OrgId>();
export const userIdSchema = branded<UserId>();
export const noteIdSchema = branded<NoteId>();
export const commandIdSchema = branded<CommandId>();
export const auditIdSchema = branded<AuditId>();
