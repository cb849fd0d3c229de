import { z } from 'zod';
import type { OrgId, UserId } from './ids.ts';

export const roleSchema = z.enum(['admin', 'supervisor', 'agent']);
export type Role = z.infer<typeof roleSchema>;

/** What a person may do; checked in the worker for every request (architecture 7). */
export const CAPABILITIES = [
  'call.view',
  'call.listen',
  'call.barge',
  'call.takeover',
  'call.end',
  'call.flag',
  'ai.whisper',
  'ai.say',
  'ai.hold',
  'chunk.veto',
  'tool.approve',
  'ai.chat',
  'knowledge.edit',
  'knowledge.publish',
  'veto.release',
  'ai.hold-back',
  'call.hush',
  'recording.play',
  'recording.hold',
  'session.mint',
  'ticketing.test',
  'policy.edit',
  'audit.read',
  'call.export',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

const SUPERVISOR: readonly Capability[] = [
  'call.view',
  'call.listen',
  'call.barge',
  'call.takeover',
  'call.end',
  'call.flag',
  'ai.whisper',
  'ai.say',
  'ai.hold',
  'chunk.veto',
  'tool.approve',
  'ai.chat',
  'veto.release',
  'ai.hold-back',
  'call.hush',
  'knowledge.edit',
  'audit.read',
  'call.export',
];

export const ROLE_CAPABILITIES: Readonly<Record<Role, readonly Capability[]>> = {
  admin: [
    ...SUPERVISOR,
    'recording.play',
    'recording.hold',
    'knowledge.publish',
    'session.mint',
    'ticketing.test',
    'policy.edit',
  ],
  supervisor: SUPERVISOR,
  // An agent takes calls that are offered to them; the floor is not theirs to oversee.
  agent: ['call.view', 'call.flag'],
};

export function may(role: Role, capability: Capability): boolean {
  return ROLE_CAPABILITIES[role].includes(capability);
}

/** Who acts. Every command, audit row and stream grant names one. */
export interface Actor {
  readonly userId: UserId;
  readonly orgId: OrgId;
  readonly name: string;
  readonly role: Role;
}
