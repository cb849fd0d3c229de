import type { AccountBook } from '#shared/adapters/account-book.ts';
import type { ArchiveBook } from '#shared/adapters/archive-book.ts';
import { AUDIT_BOOK_METHODS, type OwnChains } from '#shared/adapters/audit-book.ts';
import type { ConsultationBook } from '#shared/adapters/consultation-book.ts';
import type { PrivacyBook } from '#shared/adapters/privacy-book.ts';
import { TICKET_BOOK_METHODS } from '#shared/adapters/ticket-book.ts';
import { KNOWLEDGE_METHODS } from '../knowledge-methods.ts';
import type { SpoolingStore } from '../spool.ts';
import type { Store } from '../store.ts';

/** What each part of the worker's database gives to the store, by name: for the thread that has them, and for who asks it. */
export const ACCOUNT_METHODS = [
  'addOrg',
  'org',
  'addAccount',
  'credentials',
  'account',
  'accounts',
  'changeAccount',
  'setPassword',
  'openSession',
  'rotateSession',
  'endSessions',
  'isSessionLive',
  'pruneSessions',
] as const satisfies readonly (keyof AccountBook)[];
export const PRIVACY_METHODS = [
  'retentionProfile',
  'setRetentionProfile',
  'callKeeping',
  'holdCall',
  'callsToErase',
  'eraseCall',
  'personErasures',
  'callerTraces',
  'ticketsOfCall',
  'settleErasures',
] as const satisfies readonly (keyof PrivacyBook)[];
export const CONSULTATION_METHODS = [
  'addConsultation',
  'consultations',
  'archiveConsultation',
  'recordRoomEvent',
  'roomEvents',
] as const satisfies readonly (keyof ConsultationBook)[];
export const LOG_METHODS = [
  'append',
  'head',
  'callEvents',
  'entries',
] as const satisfies readonly (keyof Store)[];
export const CALL_METHODS = [
  'openCalls',
  'conversations',
  'conversation',
  'turns',
  'policyRows',
  'figures',
] as const satisfies readonly (keyof Store)[];
export const ARCHIVE_METHODS = [
  'searchArchive',
  'archiveFacets',
] as const satisfies readonly (keyof ArchiveBook)[];
export const ACCESS_METHODS = [
  'recordAccess',
  'commandAnswer',
  'saveCommandAnswer',
] as const satisfies readonly (keyof Store)[];
export const LEASE_METHODS = [
  'acquireLease',
  'renewLease',
  'releaseLease',
] as const satisfies readonly (keyof Store)[];
export const OWN_CHAIN_METHODS = ['ownFrames', 'ownAnswered'] as const satisfies readonly (keyof OwnChains)[];
/** Of a record that is also sent to the team's store. */
export const SPOOL_METHODS = [
  'spoolState',
  'spooledItems',
  'spoolTaken',
  'restartSpool',
  'forgetTaken',
  'ownsCall',
] as const satisfies readonly (keyof SpoolingStore)[];

export const STORE_METHODS = [
  ...ACCOUNT_METHODS,
  ...PRIVACY_METHODS,
  ...CONSULTATION_METHODS,
  ...LOG_METHODS,
  ...CALL_METHODS,
  ...ARCHIVE_METHODS,
  ...ACCESS_METHODS,
  ...LEASE_METHODS,
  ...TICKET_BOOK_METHODS,
  ...KNOWLEDGE_METHODS,
  ...AUDIT_BOOK_METHODS,
] as const satisfies readonly (keyof Store)[];
