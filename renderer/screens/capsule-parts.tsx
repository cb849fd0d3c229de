import { Package } from 'lucide-react';
import { useArchive, useCall, useConsole, useDesk } from '#renderer/stores/use-console.ts';
import type { CapsuleSigner } from '#shared/protocol/capsule.ts';
import { whenWords } from '#shared/projections/words.ts';

/** Opens a capsule from a file of this machine. */
export function OpenCapsuleButton() {
  const { archive } = useConsole();
  return (
    <button type="button" className="btn btn-small" onClick={() => archive.choose()}>
      Open a capsule
    </button>
  );
}

/** Over a call that comes from a file: what it is, and what of it does not match. */
export function CapsuleBanner() {
  const { clock } = useConsole();
  const callId = useCall(state => state.callId);
  const capsule = useArchive(state => state.capsule);
  if (capsule === null || capsule.callId !== callId) return null;
  const { manifest, faults, provenEvents, signer } = capsule;
  const isWhole = faults.length === 0;
  return (
    <div
      role={isWhole && signer.name === 'own' ? 'status' : 'alert'}
      className={`flex flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-2 px-5 py-2 ${isWhole ? 'text-muted' : 'text-veto'}`}
    >
      <Package size={16} strokeWidth={1.75} aria-hidden="true" />
      <b className="font-semibold text-text">Capsule, read only</b>
      <span>
        Made {whenWords(manifest.createdAtMs, clock.now())} by {manifest.createdBy}. {provenEvents} of{' '}
        {manifest.eventCount} events are proven; {manifest.redactedSeqs.length} were redacted.
        {manifest.noAudio !== null && ` No sound: ${manifest.noAudio}`}
      </span>
      <span className={isWhole && signer.name === 'own' ? 'text-ok' : isWhole ? 'text-warn' : ''}>
        {signerWords(signer, isWhole)}
      </span>
      {!isWhole && (
        <ul className="m-0 w-full list-none p-0">
          {faults.slice(0, 5).map(fault => (
            <li key={fault}>{fault}</li>
          ))}
          {faults.length > 5 && <li>And {faults.length - 5} more.</li>}
        </ul>
      )}
    </div>
  );
}

/** Who made it, in words; what is well signed by a stranger is not called proven (ARC13). */
function signerWords(signer: CapsuleSigner, isWhole: boolean): string {
  const whole = isWhole ? 'All hashes match. ' : '';
  switch (signer.name) {
    case 'own':
      return `${whole}Signed by the worker this desk is signed in to.`;
    case 'known':
      return `${whole}Signed by another worker this desk knows, ${signer.worker}, and not by the one it is signed in to: ${signer.fingerprint}`;
    case 'unknown':
      return `Signed by a key this desk does not know: ${signer.fingerprint}. Its parts match each other, which whoever made it can arrange: ask them, in another way, for the fingerprint of their worker’s key.`;
    case 'nobody':
      return 'Signed by nobody: who made it cannot be told.';
  }
}

/** Hands the opened call out; there once it has ended and is not from a file itself. */
export function MakeCapsuleButton() {
  const { archive } = useConsole();
  const callId = useCall(state => state.callId);
  const isOver = useCall(state => state.timeline.endedAtMs !== null);
  const capsuleId = useArchive(state => state.capsule?.callId ?? null);
  const may = useDesk(state => state.name === 'ready' && state.user.capabilities.includes('call.export'));
  if (!isOver || !may || callId === null || callId === capsuleId) return null;
  const save = async (): Promise<void> => {
    const made = await archive.makeCapsule(callId, true);
    if (!made) return;
    const url = URL.createObjectURL(new Blob([Uint8Array.from(made.bytes)], { type: 'application/zip' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: made.fileName });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" className="btn btn-small" onClick={() => void save()}>
      Save as capsule
    </button>
  );
}
