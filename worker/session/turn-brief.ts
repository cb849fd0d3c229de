import type { KnowledgeBase, KnowledgePatch } from '#shared/adapters/knowledge-base.ts';
import type { HistoryLine, ReplyRequest, ToolOutcome } from '#shared/adapters/reply-model.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { AuditId, CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { judgeIntent, type ToolPermissions } from '#worker/lanes/control/judge-intent.ts';
import { wantedTools, type WantedTool } from '#worker/tools/wanted-tools.ts';
import { runAuditedTool } from '#worker/tools/run-audited-tool.ts';
import type { ToolContext } from '#worker/tools/tool-definition.ts';
import type { ToolRegistry, ToolRunOptions } from '#worker/tools/tool-registry.ts';
import type { ToolApprovals } from './tool-approvals.ts';

/** Passages Lane B may choose from. */
const MAX_HITS = 8;
/** A tool that takes longer is answered without; Lane A covers the wait. */
export const TOOL_DEADLINE_MS = 1500;

/** Where answers come from: one org's approved knowledge and its tools. */
export interface TurnBriefSources {
  /** With other texts of some documents, where a person gave the call such (KN27). */
  readonly knowledge: (patches?: readonly KnowledgePatch[]) => KnowledgeBase;
  readonly tools: ToolRegistry;
  /** The org's own permissions, asked for every turn. */
  readonly permissions?: () => ToolPermissions | null;
}

export interface TurnBriefDeps extends TurnBriefSources {
  readonly callId: CallId;
  readonly orgId: OrgId;
  readonly caller: () => ToolContext['caller'];
  /** Where calls wait that need two people. */
  readonly approvals: Pick<ToolApprovals, 'request'>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly append: (draft: CallEventDraft) => void;
}

export interface BriefedTurn {
  readonly turnId: TurnId;
  readonly text: string;
  readonly history: readonly HistoryLine[];
  readonly notes: ReplyRequest['notes'];
  readonly signal: AbortSignal;
  /** `reads` for a draft that may never be said: no tool changes anything for it (TOOL26). */
  readonly effects: ToolRunOptions['effects'];
}

/**
 * Everything Lane B may build an answer from: the intent as Lane C judged it, passages of approved documents, and the results
 * of the tools that this intent allows (req:L12, req:L22). Retrieval and tools run side by side.
 */
export async function briefTurn(deps: TurnBriefDeps, turn: BriefedTurn): Promise<ReplyRequest> {
  const { clock, append, newId } = deps;
  const { turnId, text, history, notes } = turn;
  const judged = judgeIntent(text, {
    auditId: () => newId() as AuditId,
    clock,
    permissions: deps.permissions?.() ?? null,
  });
  append({
    type: 'intent.judged',
    turnId,
    intent: judged.intent,
    confidenceRatio: judged.confidenceRatio,
    allowedTools: [...judged.allowedTools],
    verdict: judged.verdict,
  });
  const wanted = wantedTools(judged.intent, text, history);
  const running = Promise.all(wanted.map(call => runTool(deps, turn, call, judged.allowedTools)));
  const knowledge = deps.knowledge();
  const startedMono = clock.mono();
  const hits = await knowledge.search(text, MAX_HITS);
  append({
    type: 'retrieval.finished',
    turnId,
    query: text,
    snapshotId: knowledge.snapshotId,
    hits: hits.map(({ docId, title, span, scoreRatio }) => ({ docId, title, span: [...span], scoreRatio })),
    tookMs: clock.mono() - startedMono,
  });
  const tools = await running;
  return {
    callerText: text,
    intent: judged.intent,
    confidenceRatio: judged.confidenceRatio,
    history,
    hits,
    tools,
    notes,
    rephrase: null,
  };
}

async function runTool(
  deps: TurnBriefDeps,
  { turnId, signal, effects }: BriefedTurn,
  call: WantedTool,
  allowed: readonly string[],
): Promise<ToolOutcome> {
  const { tools, clock, newId, append, callId, orgId, caller, approvals } = deps;
  const context: ToolContext = { orgId, callId, turnId, caller: caller(), append };
  // What waits for people does not wait here: speech goes on, and tells that it has asked (TOOL43).
  if (tools.needsPeople(call.tool, call.args, { allowed, effects })) return approvals.request(call, context);
  return runAuditedTool(tools, call, {
    allowed,
    effects,
    approvedBy: [],
    context,
    signal,
    deadlineMs: TOOL_DEADLINE_MS,
    clock,
    newId,
  });
}
