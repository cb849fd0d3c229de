import type { ReplyRequest } from '#shared/adapters/reply-model.ts';
import type { AuditId } from '#shared/domain/ids.ts';
import { judgeIntent } from '#worker/lanes/control/judge-intent.ts';
import { wantedTools } from '#worker/tools/wanted-tools.ts';
import { briefTurn, type BriefedTurn, type TurnBriefDeps } from './turn-brief.ts';

/**
 * A brief for words that are only guessed. @returns `null` when the answer needs a tool: no tool runs on a guess, whatever it
 * does (OVL8)
 */
export async function speculativeBrief(deps: TurnBriefDeps, turn: BriefedTurn): Promise<ReplyRequest | null> {
  const { intent } = judgeIntent(turn.text, { auditId: () => '' as AuditId, clock: deps.clock });
  return wantedTools(intent, turn.text, turn.history).length > 0 ? null : briefTurn(deps, turn);
}
