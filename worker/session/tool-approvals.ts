import { z } from 'zod';
import type { ToolOutcome } from '#shared/adapters/reply-model.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { TurnId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { payloadHash } from '#worker/audit/canonical-json.ts';
import { redactPayload } from '#worker/audit/redact-payload.ts';
import {
  NOBODY_YET,
  stepApproval,
  type ApprovalInput,
  type ApprovalState,
} from '#worker/tools/approval-machine.ts';
import { runAuditedTool } from '#worker/tools/run-audited-tool.ts';
import type { ToolContext } from '#worker/tools/tool-definition.ts';
import { PEOPLE_NEEDED, requestOf, type ToolRegistry } from '#worker/tools/tool-registry.ts';
import type { WantedTool } from '#worker/tools/wanted-tools.ts';
import type { PastApproval, PastApprovals } from './past-approvals.ts';

/** A caller does not wait longer than this for an answer of ours; nor should anybody's approval be older. */
export const APPROVAL_TTL_MS = 120_000;
const APPROVED_DEADLINE_MS = 5000;

/** Said when it is decided. Fixed sentences: they pass the gate like everything else. */
export const APPROVAL_SENTENCES = {
  done: 'My colleagues have agreed, and it is done.',
  failed: 'My colleagues have agreed, but it did not work. A supervisor looks after it.',
  refused: 'My colleagues could not agree to that.',
  expired: 'I have no answer from my colleagues yet. A supervisor looks after it.',
  unknown: 'My colleagues have agreed. A supervisor checks that it was done.',
} as const;

export interface ToolApprovalsDeps {
  readonly tools: ToolRegistry;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly append: (draft: CallEventDraft) => void;
  readonly say: (text: string) => void;
}

interface Waiting {
  readonly approvalId: string;
  readonly call: WantedTool;
  readonly context: ToolContext;
  readonly requestHash: string;
  state: ApprovalState;
  /** What came of it once it has run. */
  ran: ToolOutcome | null;
  cancel: Cancel | null;
}

/**
 * Tool calls of one call that two people have to agree to. Nobody waits for them: the answer says that it has asked, and a
 * sentence follows when it is decided (TOOL40-TOOL45). The same wish again is the same question.
 */
export class ToolApprovals {
  readonly #deps: ToolApprovalsDeps;
  /** By request: a turn that is answered again must not ask again. */
  readonly #byHash = new Map<string, Waiting>();
  readonly #stop = new AbortController();

  constructor(deps: ToolApprovalsDeps) {
    this.#deps = deps;
  }

  request(call: WantedTool, context: ToolContext): ToolOutcome {
    const { clock, newId, append } = this.#deps;
    const request = requestOf(call.tool, call.args);
    const requestHash = payloadHash(request);
    const known = this.#byHash.get(requestHash);
    if (known) return outcomeOf(known);
    const waiting: Waiting = {
      approvalId: newId(),
      call,
      context,
      requestHash,
      state: NOBODY_YET,
      ran: null,
      cancel: null,
    };
    this.#byHash.set(requestHash, waiting);
    waiting.cancel = clock.after(APPROVAL_TTL_MS, () => this.#step(waiting, { type: 'expire' }));
    append({
      type: 'approval.requested',
      ...(context.turnId === null ? {} : { turnId: context.turnId }),
      approvalId: waiting.approvalId,
      tool: call.tool,
      requestHash,
      redactedRequest: redactPayload(request),
      needs: PEOPLE_NEEDED,
      expiresInMs: APPROVAL_TTL_MS,
    });
    return outcomeOf(waiting);
  }

  /**
   * Goes on with what people were asked for on the host before. The log holds only the redacted copy of a call: where that is
   * the call itself, as its hash proves, it waits on; otherwise nobody can run it any more and it has expired. What was agreed to
   * and has no result may have run, so it is not run again (TOOL46). @returns what is to be said of that
   */
  restore(past: PastApprovals, contextOf: (turnId: TurnId | null) => ToolContext): readonly string[] {
    return past.flatMap(one => {
      const call = callOf(one);
      const isLost =
        one.outcome === 'waiting' && payloadHash(requestOf(call.tool, call.args)) !== one.requestHash;
      const waiting: Waiting = {
        approvalId: one.approvalId,
        call,
        context: contextOf(one.turnId),
        requestHash: one.requestHash,
        state: stateOf(isLost ? { ...one, outcome: 'expired' } : one),
        ran: ranOf(call.tool, one),
        cancel: null,
      };
      this.#byHash.set(one.requestHash, waiting);
      if (isLost) {
        this.#deps.append({ type: 'approval.settled', approvalId: one.approvalId, outcome: 'expired' });
        return APPROVAL_SENTENCES.expired;
      }
      if (one.outcome === 'waiting') {
        const leftMs = Math.max(0, one.expiresAtMs - this.#deps.clock.now());
        waiting.cancel = this.#deps.clock.after(leftMs, () => this.#step(waiting, { type: 'expire' }));
      }
      return one.outcome === 'approved' && one.ran === null ? APPROVAL_SENTENCES.unknown : [];
    });
  }

  /** One person's word. Throws `tool.unknown-approval`, `tool.already-settled` or `command.conflict`. */
  vote(vote: 'approve' | 'refuse', approvalId: string, requestHash: string | null, actor: Actor): void {
    const waiting = [...this.#byHash.values()].find(candidate => candidate.approvalId === approvalId);
    if (!waiting) throw appError('tool.unknown-approval', 'Nothing on this call waits for that approval.');
    const { userId } = actor;
    const samePayload = requestHash === waiting.requestHash;
    const input: ApprovalInput =
      vote === 'approve' ? { type: 'approve', userId, samePayload } : { type: 'refuse', userId };
    const { refusal } = stepApproval(waiting.state, input, PEOPLE_NEEDED);
    if (refusal === 'tool.already-settled') throw appError(refusal, 'This has been decided already.');
    if (refusal)
      throw appError(
        refusal,
        samePayload
          ? 'You have agreed already; another person has to agree too.'
          : 'What you agreed to is not what waits here. Look at it again.',
      );
    this.#deps.append({ type: 'approval.given', approvalId, vote, userId, userName: actor.name });
    this.#step(waiting, input);
  }

  /** The call is over; nothing that waits will run. */
  close(): void {
    this.#stop.abort('call-ended');
    for (const waiting of this.#byHash.values())
      if (waiting.state.name === 'waiting') this.#step(waiting, { type: 'end-call' });
  }

  #step(waiting: Waiting, input: ApprovalInput): void {
    const { state } = stepApproval(waiting.state, input, PEOPLE_NEEDED);
    waiting.state = state;
    if (state.name !== 'settled') return;
    waiting.cancel?.();
    const { outcome } = state;
    this.#deps.append({ type: 'approval.settled', approvalId: waiting.approvalId, outcome });
    if (outcome === 'approved') void this.#run(waiting, state.approvedBy);
    else if (outcome !== 'call-ended') this.#deps.say(APPROVAL_SENTENCES[outcome]);
  }

  async #run(waiting: Waiting, approvedBy: readonly string[]): Promise<void> {
    const { call, context } = waiting;
    const { tools, clock, newId, say } = this.#deps;
    const ran = await runAuditedTool(tools, call, {
      // Lane C allowed it when it was asked for; what two people have read is exactly this call.
      allowed: [call.tool],
      effects: 'all',
      approvedBy,
      context,
      signal: this.#stop.signal,
      deadlineMs: APPROVED_DEADLINE_MS,
      clock,
      newId,
    });
    waiting.ran = ran;
    if (!this.#stop.signal.aborted)
      say(ran.status === 'ok' ? APPROVAL_SENTENCES.done : APPROVAL_SENTENCES.failed);
  }
}

const requestSchema = z.object({ tool: z.string(), args: z.unknown() });
const responseSchema = z.object({ facts: z.array(z.object({ name: z.string(), value: z.string() })) });

/** As the redacted copy tells it. */
function callOf({ redactedRequest }: PastApproval): WantedTool {
  const { tool, args } = requestSchema.parse(JSON.parse(redactedRequest));
  return { tool, args };
}

function stateOf({ outcome, approvedBy }: PastApproval): ApprovalState {
  return outcome === 'waiting' ? { name: 'waiting', approvedBy } : { name: 'settled', outcome, approvedBy };
}

function ranOf(tool: string, { ran }: PastApproval): ToolOutcome | null {
  if (!ran) return null;
  const { facts } = responseSchema.parse(JSON.parse(ran.redactedResponse));
  return { toolCallId: ran.auditId, tool, status: ran.status, facts };
}

function outcomeOf({ approvalId, call, state, ran }: Waiting): ToolOutcome {
  if (ran) return ran;
  const settled = state.name === 'settled' && state.outcome !== 'approved';
  return { toolCallId: approvalId, tool: call.tool, status: settled ? 'refused' : 'pending', facts: [] };
}
