import { SideSection } from '#renderer/components/side-column.tsx';
import { mayDo } from '#renderer/stores/rights.ts';
import { useCall, useConsole, useDesk, useShown, useUi } from '#renderer/stores/use-console.ts';
import type { ApprovalView } from '#shared/projections/call-timeline.ts';
import { codeWords } from '#shared/projections/words.ts';

const OUTCOME_WORDS = {
  approved: 'Both agreed; it ran',
  refused: 'Refused',
  expired: 'Nobody agreed in time',
  'call-ended': 'The call ended first',
} as const;

/** Tool calls that wait for two people, open ones first. The caller does not wait for them. */
export function ToolApprovals() {
  const approvals = useShown(state => state.timeline.approvals);
  if (approvals.length === 0) return null;
  const open = approvals.filter(({ outcome }) => outcome === null);
  const settled = approvals.filter(({ outcome }) => outcome !== null);
  return (
    <SideSection title="Needs two people">
      <div aria-live="polite" className="flex flex-col gap-2">
        {[...open, ...settled.toReversed()].map(approval => (
          <Approval key={approval.approvalId} approval={approval} />
        ))}
      </div>
    </SideSection>
  );
}

function Approval({ approval }: { readonly approval: ApprovalView }) {
  const { actions } = useConsole();
  const callId = useCall(state => state.callId);
  const desk = useDesk(state => state);
  const waits = useUi(state => state.pending.some(verb => verb === 'approve-tool' || verb === 'refuse-tool'));
  const { approvalId, tool, request, requestHash, needs, approvedBy, refusedBy, outcome } = approval;
  const mine = desk.name === 'ready' && approvedBy.some(({ userId }) => userId === desk.user.userId);
  const canAct = outcome === null && callId !== null && mayDo(desk, 'approve-tool');
  return (
    <article
      aria-label={`Approval of ${tool}`}
      className={`rounded-[12px] border px-3.5 py-2.5 ${outcome === null ? 'border-line' : 'border-line-2 opacity-70'}`}
    >
      <b className="font-semibold">{codeWords(tool.replaceAll('_', '-'))}</b>
      <div className="num mt-1 text-[11.5px] break-words text-muted">{request}</div>
      <p className="mt-1 mb-0 text-[12.5px] text-muted">
        {outcome === null
          ? `${approvedBy.length} of ${needs} agreed${approvedBy.length > 0 ? `: ${approvedBy.map(({ userName }) => userName).join(', ')}` : ''}`
          : `${OUTCOME_WORDS[outcome]}${refusedBy === null ? '' : ` by ${refusedBy}`}`}
      </p>
      {canAct && (
        <div className="mt-1.5 flex gap-2">
          <button
            type="button"
            className="btn btn-small"
            disabled={waits || mine}
            onClick={() => void actions.approveTool(callId, approvalId, requestHash)}
          >
            {mine ? 'You agreed' : 'Approve'}
          </button>
          <button
            type="button"
            className="btn btn-small"
            disabled={waits}
            onClick={() => void actions.refuseTool(callId, approvalId)}
          >
            Refuse
          </button>
        </div>
      )}
    </article>
  );
}
