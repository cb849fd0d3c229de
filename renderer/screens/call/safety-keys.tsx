import { Lock, LockOpen, ShieldCheck, Timer } from 'lucide-react';
import type { CallId } from '#shared/domain/ids.ts';
import { releasableChunk } from '#shared/projections/releasable.ts';
import { waitWords } from '#shared/projections/words.ts';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { mayDo } from '#renderer/stores/rights.ts';
import { useCall, useConsole, useDesk, useKeyOf } from '#renderer/stores/use-console.ts';

/** What makes this one call safer or lets it go on: release what was refused, wait longer, let nobody listen. */
export function SafetyKeys({ callId }: { readonly callId: CallId }) {
  const { actions } = useConsole();
  const desk = useDesk(state => state);
  const keyOf = useKeyOf();
  const canRelease = useCall(state => releasableChunk(state.timeline) !== null);
  const slowSafe = useCall(state => state.timeline.slowSafe);
  const hushed = useCall(state => state.timeline.hush !== null);
  return (
    <div className="flex gap-2">
      {canRelease && mayDo(desk, 'release-chunk') && (
        <KeyButton
          className="btn-40"
          icon={ShieldCheck}
          label="Release"
          shortcut={keyOf('release')}
          onPress={() => void actions.release(callId)}
        />
      )}
      {mayDo(desk, 'set-hold-back') && (
        <KeyButton
          className={`btn-40 ${slowSafe ? 'btn-on' : ''}`}
          icon={Timer}
          label={slowSafe ? waitWords(slowSafe.holdBackMs) : 'Slow-safe'}
          shortcut={keyOf('slow-safe')}
          pressed={slowSafe !== null}
          onPress={() => void actions.nextHoldBack(callId)}
        />
      )}
      {mayDo(desk, 'set-hush') && (
        <KeyButton
          className={`btn-40 ${hushed ? 'btn-on' : ''}`}
          icon={hushed ? Lock : LockOpen}
          label="Card data"
          shortcut={keyOf('hush')}
          pressed={hushed}
          onPress={() => void actions.toggleHush(callId)}
        />
      )}
    </div>
  );
}
