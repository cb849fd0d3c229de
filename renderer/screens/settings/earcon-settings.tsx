import { Volume2 } from 'lucide-react';
import { EARCONS, EARCON_WORDS } from '#renderer/media/earcons.ts';
import { useConsole } from '#renderer/stores/use-console.ts';
import type { Settings } from '#shared/ipc/commands.ts';

export interface EarconSettingsProps {
  readonly settings: Settings;
  readonly onSave: (change: Partial<Settings>) => void;
}

/** Sounds that tell what happens: whether, how loud, and what each one is. Only this desk hears them. */
export function EarconSettings({ settings, onSave }: EarconSettingsProps) {
  const { earcons } = useConsole();
  const percent = Math.round(settings.earconVolumeRatio * 100);
  return (
    <>
      <label className="setting">
        Sound when something happens
        <input
          type="checkbox"
          checked={settings.earcons}
          onChange={event => onSave({ earcons: event.target.checked })}
        />
      </label>
      <label className="setting">
        Volume
        <input
          type="range"
          className="replay-range w-[220px]"
          min={5}
          max={100}
          step={5}
          disabled={!settings.earcons}
          value={percent}
          aria-valuetext={`${percent} percent`}
          onChange={event => onSave({ earconVolumeRatio: Number(event.target.value) / 100 })}
        />
      </label>
      <ul
        aria-label="Sounds"
        className="m-0 mt-2 grid list-none grid-cols-[repeat(auto-fit,minmax(240px,1fr))] gap-x-8 gap-y-1 p-0"
      >
        {EARCONS.map(earcon => (
          <li key={earcon} className="flex items-center justify-between gap-3">
            <span>{EARCON_WORDS[earcon]}</span>
            <button
              type="button"
              className="btn btn-small"
              aria-label={`Play: ${EARCON_WORDS[earcon]}`}
              onClick={() => earcons.play(earcon, settings.earconVolumeRatio, settings.outputDeviceId)}
            >
              <Volume2 size={13} strokeWidth={1.75} aria-hidden="true" /> Play
            </button>
          </li>
        ))}
      </ul>
      <p className="mt-3 mb-0 text-[12.5px] text-muted">
        Only you hear them, on the loudspeaker chosen above. A call that needs a person sounds everywhere; the
        others sound for the call that is open.
      </p>
    </>
  );
}
