import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { ChatDesk } from '#shared/adapters/chat-desk.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CommandAnswer } from '#shared/protocol/supervision.ts';
import type { Store } from '#worker/store/store.ts';
import { GRANT_TTL_MS, type AudioGrants } from './audio-grants.ts';
import type { CallPlacer } from './call-placer.ts';
import type { CommandDesk } from './command-desk.ts';
import { LOCAL_ADMIN } from './demo-people.ts';
import type { Handlers } from './handlers.ts';
import type { KnownCalls } from './known-calls.ts';
import type { OpenCalls } from './open-calls.ts';
import { roomGrant } from './room-grant.ts';
import type { ControlRooms } from './room-handlers.ts';
import { signedIn } from './signed-in.ts';
import type { TeamControl } from './team-control.ts';

export interface LiveCallDeps {
  readonly store: Pick<Store, 'conversation'>;
  readonly desk: CallDesk;
  readonly workerId: string;
  readonly newId: () => string;
  readonly ringCaller: ((scenario: string | null) => CallId) | null;
  readonly chat?: ChatDesk;
  readonly team?: TeamControl;
  readonly rooms?: ControlRooms;
}

interface LiveCallParts {
  readonly placer: CallPlacer;
  readonly commands: CommandDesk;
  readonly grants: AudioGrants;
  readonly openCalls: OpenCalls;
  readonly running: KnownCalls['running'];
}

/** A turn in text that takes longer is cut off, as a caller would have hung up. */
const CHAT_DEADLINE_MS = 30_000;

/** What begins, changes and ends calls. */
export function liveCallHandlers(
  deps: LiveCallDeps,
  { placer, commands, grants, openCalls, running }: LiveCallParts,
): Pick<Handlers, 'placeCall' | 'command' | 'audioGrant' | 'chat' | 'startSession' | 'endSession'> {
  const { store, desk } = deps;
  return {
    placeCall: async ({ body, actor }) => ({ callId: await placer.place(body, signedIn(actor)) }),
    command: ({ params, body, actor }) => commands.answer({ callId: params.id, ...body }, signedIn(actor)),
    audioGrant: async ({ params, body, actor }) => {
      const person = signedIn(actor);
      const callId = await running(person, params.id);
      if (body.direction !== 'listen' && !may(person.role, 'call.barge'))
        throw appError('access.denied', 'Your role may not speak on calls.');
      const roomName = openCalls.roomOf(callId);
      if (deps.rooms && roomName !== null)
        return roomGrant(deps.rooms, {
          callId,
          roomName,
          actor: person,
          direction: body.direction,
          openCalls,
        });
      if (body.direction === 'coach' && openCalls.holderOf(callId) === null)
        throw appError('media.refused', 'Nobody on this call can be whispered to by voice.');
      return {
        via: 'worker' as const,
        grant: grants.give(person, callId, body.direction),
        expiresInMs: GRANT_TTL_MS,
      };
    },
    chat: ({ body, actor }) => {
      if (!deps.chat)
        return Promise.reject(appError('input.invalid', 'This worker has no text conversations.'));
      return deps.chat.chat(body, signedIn(actor), AbortSignal.timeout(CHAT_DEADLINE_MS));
    },
    startSession: async ({ body, actor }) => {
      const { workerId = deps.workerId, scenario = null } = body;
      if (workerId !== deps.workerId && deps.team)
        return { callId: await deps.team.startSession(signedIn(actor).orgId, workerId, scenario) };
      // Scripted callers ring at the demo's org.
      if (!deps.ringCaller || signedIn(actor).orgId !== LOCAL_ADMIN.orgId)
        throw appError('input.invalid', 'This worker has no scripted callers.');
      return { callId: deps.ringCaller(scenario) };
    },
    endSession: async ({ body, actor }) => {
      const callId = body.callId as CallId;
      if (deps.team && !desk.openCalls().includes(callId)) {
        const there = await store.conversation(signedIn(actor).orgId, callId);
        if (there?.endedAtMs === null) return endElsewhere(deps.team, signedIn(actor), callId);
      }
      return commands.answer(
        { callId, commandId: deps.newId(), verb: 'end-call', args: {} },
        signedIn(actor),
      );
    },
  };
}

/** The call runs on another worker of the team, which knows more of it than this answer tells. */
async function endElsewhere(team: TeamControl, actor: Actor, callId: CallId): Promise<CommandAnswer> {
  await team.endSession(actor, callId);
  return { ok: true, value: { seq: -1, mic: 'monitor', tookMs: 0 } };
}
