import { useEffect, useState } from 'react';
import { SideSection } from '#renderer/components/side-column.tsx';
import { tellError } from '#renderer/stores/supervise.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { AccountSettings } from './account-settings.tsx';
import { EarconSettings } from './earcon-settings.tsx';
import { KeySettings } from './key-settings.tsx';
import { PeopleSettings } from './people-settings.tsx';
import { PrivacySettings } from './privacy-settings.tsx';
import type { Settings } from '#shared/ipc/commands.ts';

/** Theme, devices and keys of this desk. */
export function SettingsScreen() {
  const { desk, ui, tour } = useConsole();
  const settings = useDesk(state => (state.name === 'ready' ? state.settings : null));
  const managesPeople = useDesk(
    state =>
      state.name === 'ready' &&
      state.hasAccount === true &&
      state.user.capabilities.includes('account.manage'),
  );
  const managesPrivacy = useDesk(
    state => state.name === 'ready' && state.user.capabilities.includes('privacy.manage'),
  );
  const devices = useDevices();
  if (!settings) return null;
  const save = (change: Partial<Settings>): void => {
    void desk.save(change).then(error => error && tellError(ui, error));
  };
  return (
    <main className="min-h-0 min-w-0 flex-1 overflow-y-auto">
      <header className="flex h-[60px] items-center border-b border-line-2 px-5">
        <h1 className="m-0 text-[16px] font-semibold">Settings</h1>
      </header>
      <div className="max-w-[720px] p-2">
        <SideSection title="Look">
          <label className="setting">
            Theme
            <select
              className="field w-[220px]"
              value={settings.theme}
              onChange={event => save({ theme: event.target.value as Settings['theme'] })}
            >
              <option value="system">Same as the system</option>
              <option value="dark">Dark</option>
              <option value="light">Light</option>
            </select>
          </label>
        </SideSection>
        <SideSection title="Sound">
          <DeviceChoice
            words="Loudspeaker"
            kind="audiooutput"
            devices={devices}
            value={settings.outputDeviceId}
            onChoose={outputDeviceId => save({ outputDeviceId })}
          />
          <DeviceChoice
            words="Microphone"
            kind="audioinput"
            devices={devices}
            value={settings.inputDeviceId}
            onChoose={inputDeviceId => save({ inputDeviceId })}
          />
          <label className="setting">
            Listen as soon as a call is opened
            <input
              type="checkbox"
              checked={settings.listenOnOpen}
              onChange={event => save({ listenOnOpen: event.target.checked })}
            />
          </label>
        </SideSection>
        <SideSection title="Signals">
          <EarconSettings settings={settings} onSave={save} />
        </SideSection>
        <SideSection title="Keys">
          <label className="setting">
            Single letters and digits act
            <input
              type="checkbox"
              checked={settings.singleKeys}
              onChange={event => save({ singleKeys: event.target.checked })}
            />
          </label>
          <KeySettings onSave={save} />
        </SideSection>
        <SideSection title="You">
          <AccountSettings />
        </SideSection>
        {managesPeople && (
          <SideSection title="People">
            <PeopleSettings />
          </SideSection>
        )}
        {managesPrivacy && (
          <SideSection title="Privacy">
            <PrivacySettings />
          </SideSection>
        )}
        <SideSection title="Help">
          <div className="setting">
            Four short steps on the floor
            <button type="button" className="btn" onClick={() => tour.start()}>
              Show me around
            </button>
          </div>
        </SideSection>
      </div>
    </main>
  );
}

interface DeviceChoiceProps {
  readonly words: string;
  readonly kind: MediaDeviceKind;
  readonly devices: readonly MediaDeviceInfo[];
  readonly value: string;
  readonly onChoose: (deviceId: string) => void;
}

function DeviceChoice({ words, kind, devices, value, onChoose }: DeviceChoiceProps) {
  const choices = devices.filter(device => device.kind === kind && device.deviceId !== '');
  return (
    <label className="setting">
      {words}
      <select className="field w-[220px]" value={value} onChange={event => onChoose(event.target.value)}>
        <option value="">The system&apos;s choice</option>
        {choices.map(({ deviceId, label }, at) => (
          <option key={deviceId} value={deviceId}>
            {label || `${words} ${at + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Lists devices without opening one: names stay empty until a microphone was allowed once. */
function useDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined; // absent outside secure pages
    if (!media) return;
    const read = (): void => void media.enumerateDevices().then(setDevices, () => setDevices([]));
    read();
    media.addEventListener('devicechange', read);
    return () => media.removeEventListener('devicechange', read);
  }, []);
  return devices;
}
