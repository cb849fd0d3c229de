import { Package } from 'lucide-react';
import { useRef } from 'react';
import { useArchive, useCall, useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { whenWords } from '#shared/projections/words.ts';

/** Opens a capsule from a file of this machine. */
export function OpenCapsuleButton() {
  const { archive } = useConsole();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="btn btn-small" onClick={() => input.current?.click()}>
        Open a capsule
      </button>
      <input
        ref={input}
        id="capsule-file"
        type="file"
        accept=".sidetone-capsule"
        aria-label="Capsule file"
        className="hidden"
        onChange={event => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) void file.arrayBuffer().then(bytes => archive.openCapsule(new Uint8Array(bytes)));
        }}
      />
    </>
  );
}

/** Over a call that comes from a file: what it is, and what of it does not match. */
export function CapsuleBanner() {
  const { clock } = useConsole();
  const callId = useCall(state => state.callId);
  const capsule = useArchive(state => state.capsule);
  if (capsule === null || capsule.callId !== callId) return null;
  const { manifest, faults, provenEvents } = capsule;
  return (
    <div
      role={faults.length > 0 ? 'alert' : 'status'}
      className={`flex flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line-2 px-5 py-2 ${faults.length > 0 ? 'text-veto' : 'text-muted'}`}
    >
      <Package size={16} strokeWidth={1.75} aria-hidden="true" />
      <b className="font-semibold text-text">Capsule, read only</b>
      <span>
        Made {whenWords(manifest.createdAtMs, clock.now())} by {manifest.createdBy}. {provenEvents} of{' '}
        {manifest.eventCount} events are proven; {manifest.redactedSeqs.length} were redacted.
        {manifest.noAudio !== null && ` No sound: ${manifest.noAudio}`}
      </span>
      {faults.length === 0 ? (
        <span className="text-ok">All hashes match.</span>
      ) : (
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
