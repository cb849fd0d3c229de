import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { Trouble } from '#renderer/components/states.tsx';
import { useArchive, useConsole } from '#renderer/stores/use-console.ts';
import type { AuditProof as Proof } from '#shared/protocol/audit.ts';

/** Whether anything of the record was changed after it was written. */
export function AuditProof() {
  const { archive } = useConsole();
  const proof = useArchive(state => state.proof);
  return (
    <section
      aria-label="Proof of the record"
      className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-5"
    >
      <div className="flex items-center gap-3">
        <button
          type="button"
          className="btn btn-40"
          disabled={proof.name === 'asking'}
          onClick={() => void archive.prove()}
        >
          {proof.name === 'asking' ? 'Reading every chain' : 'Prove the record'}
        </button>
        <span className="text-muted">
          Every event, verdict and access is hashed over the one before it. This reads all of them.
        </span>
      </div>
      {proof.name === 'failed' && (
        <Trouble title="The record was not proven" words={proof.error.message} code={proof.error.code} />
      )}
      {proof.name === 'ready' && <Outcome proof={proof.value} />}
    </section>
  );
}

function Outcome({ proof }: { readonly proof: Proof }) {
  const passed = proof.verdict === 'pass';
  const Icon = passed ? ShieldCheck : ShieldAlert;
  return (
    <>
      <p
        role="status"
        className={`m-0 flex items-center gap-2 font-semibold ${passed ? 'text-ok' : 'text-veto'}`}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
        {passed
          ? 'Nothing was changed'
          : `${String(proof.faults.length)} things are not as they were written`}
      </p>
      <p className="num m-0 text-muted">
        {proof.chains} chains, {proof.entries} entries, {proof.events} events of calls, {proof.accessRows}{' '}
        accesses, {proof.anchors} anchors{proof.parked > 0 && `, ${String(proof.parked)} set aside`}
      </p>
      {proof.faults.map(({ rule, deviceId, epoch, seq, says }, at) => (
        <p key={at} className="m-0 border-t border-line-2 pt-2">
          <span className="num text-muted">
            {deviceId} {epoch > 0 && `epoch ${String(epoch)} `}at {seq}
          </span>{' '}
          {says} <small className="num text-faint">{rule}</small>
        </p>
      ))}
    </>
  );
}
