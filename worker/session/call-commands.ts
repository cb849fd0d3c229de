import { assertNever } from '#shared/base/assert-never.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { ChunkId, NoteId, UserId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CommandResult, SupervisionCommand } from '#shared/protocol/supervision.ts';
import type { CallSession } from './call-session.ts';
import { plain } from './own-speech.ts';
import { explainRelease, releaseVetoed } from './release-vetoed.ts';

export interface CommandDeps {
  readonly session: CallSession;
  readonly clock: Clock;
  readonly newId: () => string;
}

interface Done {
  readonly chunkId?: ChunkId;
  readonly noteId?: string;
}

/** Carries out one verb on one call. The command is parsed and authorised; what it does is in the call's log. */
export async function runCommand(
  deps: CommandDeps,
  command: SupervisionCommand,
  actor: Actor,
): Promise<CommandResult> {
  const startedMono = deps.clock.mono();
  const done = await carryOut(deps, command, actor);
  return {
    seq: deps.session.log.lastSeq,
    mic: deps.session.supervision.micOf(actor.userId),
    tookMs: deps.clock.mono() - startedMono,
    ...done,
  };
}

async function carryOut(
  { session, clock, newId }: CommandDeps,
  command: SupervisionCommand,
  actor: Actor,
): Promise<Done> {
  const { userId, name: userName } = actor;
  const { supervision } = session;
  const nowMono = clock.mono();
  switch (command.verb) {
    case 'listen':
    case 'leave':
    case 'step-down':
      await supervision.step(actor, { type: command.verb, userId }, command.commandId);
      return {};
    case 'arm-microphone':
      await supervision.step(actor, { type: 'arm', userId, armed: command.args.armed }, command.commandId);
      return {};
    case 'whisper-to-human':
      await supervision.step(actor, { type: 'coach', userId, on: command.args.on }, command.commandId);
      return {};
    case 'barge':
    case 'take-over':
      await supervision.step(actor, { type: command.verb, userId, nowMono }, command.commandId);
      return {};
    case 'undo-take-over':
      await supervision.step(actor, { type: 'undo', userId, nowMono }, command.commandId);
      return {};
    case 'hand-back':
      if (command.args.notes !== '') supervision.addNote(actor, command.args.notes);
      await supervision.step(actor, { type: 'hand-back', userId }, command.commandId);
      return {};
    case 'add-note':
      supervision.addNote(actor, command.args.text);
      return {};
    case 'whisper-to-ai': {
      const noteId = newId() as NoteId;
      session.append({ type: 'whisper.noted', noteId, userId, userName, text: command.args.text });
      session.whispers.add(noteId, command.args.text);
      return { noteId };
    }
    case 'say-now':
      return { chunkId: sayNow(session, command.args.text, userId, userName) };
    case 'hold-speech':
      session.speech.hold({ userId, userName });
      return {};
    case 'resume-speech':
      session.speech.resume('asked', { userId, userName });
      return {};
    case 'veto-chunk':
      return { chunkId: session.gate.veto(command.args.chunkId, actor).chunkId };
    case 'release-chunk':
      return { chunkId: releaseVetoed(session, command.args, actor) };
    case 'set-release-reason':
      explainRelease(session, command.args, actor);
      return {};
    case 'set-hold-back':
      session.speech.setHoldBack(command.args.holdBackMs, { userId, userName });
      return {};
    case 'set-hush':
      session.hush.byHand(command.args.on, { userId, userName });
      return {};
    case 'transfer':
      session.transfer.ask(command.args.target, actor);
      return {};
    case 'use-suggestion':
      useSuggestion(session, command.args.suggestionId, userId, userName);
      return {};
    case 'approve-tool':
      session.approvals.vote('approve', command.args.approvalId, command.args.requestHash, actor);
      return {};
    case 'refuse-tool':
      session.approvals.vote('refuse', command.args.approvalId, null, actor);
      return {};
    case 'flag-moment':
      session.append({ type: 'moment.flagged', userId, userName, note: command.args.note });
      return {};
    case 'end-call':
      await session.end('ended-by-supervisor');
      await session.hangUp();
      return {};
    default:
      return assertNever(command, 'supervision verb');
  }
}

/** Only what Lane C allowed, and only by who is on the line. */
function useSuggestion(session: CallSession, suggestionId: string, userId: UserId, userName: string): void {
  if (session.supervision.state.holder?.userId !== userId)
    throw appError('lease.not-held', 'Only the person on the line can use what the AI suggests.');
  const text = session.shadow.textOf(suggestionId);
  if (text === null)
    throw appError('chunk.unknown', 'There is no such suggestion that may be said on this call.');
  session.append({ type: 'suggestion.used', suggestionId, userId, userName, text });
}

/** The sentence replaces what the AI was about to say, and passes the same gate. */
function sayNow(session: CallSession, text: string, userId: string, userName: string): ChunkId {
  if (session.supervision.state.holder)
    throw appError('command.conflict', 'A person has the call; the AI says nothing.');
  if (session.transfer.parked)
    throw appError('command.conflict', 'The caller is on hold or with a colleague; the AI says nothing.');
  session.speech.supersede();
  const utterance = session.own.say('say-now', [plain(text)], { turnId: null, where: 'front' });
  const chunkId = utterance.chunks[0]?.record.chunkId;
  if (chunkId === undefined) throw appError('bug.invariant', 'The sentence was not accepted.');
  session.append({ type: 'say-now.requested', userId, userName, text, chunkId });
  return chunkId;
}
