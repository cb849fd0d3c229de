import { useEffect, useMemo } from 'react';
import { Trouble, FloorSkeleton } from '#renderer/components/states.tsx';
import { CallScreen } from '#renderer/screens/call/call-screen.tsx';
import { FiguresScreen } from '#renderer/screens/figures/figures-screen.tsx';
import { FloorScreen } from '#renderer/screens/floor/floor-screen.tsx';
import { KnowledgeScreen } from '#renderer/screens/knowledge/knowledge-screen.tsx';
import { PatchSheet } from '#renderer/screens/knowledge/patch-sheet.tsx';
import { HistoryScreen } from '#renderer/screens/history/history-screen.tsx';
import { SettingsScreen } from '#renderer/screens/settings/settings-screen.tsx';
import { createKeyRunner } from '#renderer/stores/key-actions.ts';
import { doDeed } from '#renderer/stores/palette-scene.ts';
import { useArchive, useCall, useConsole, useDesk, useLadder, useUi } from '#renderer/stores/use-console.ts';
import { ToastRegion } from '#renderer/components/toast.tsx';
import { AudioBanner } from './audio-banner.tsx';
import { CapsuleDoor } from './capsule-door.tsx';
import { KeyHelp } from './key-help.tsx';
import { LinkBanner } from './link-banner.tsx';
import { Palette } from './palette.tsx';
import { PlaceCallSheet } from './place-call-sheet.tsx';
import { Rail } from './rail.tsx';
import { SignInSheet } from './sign-in-sheet.tsx';
import { StatusBar } from './status-bar.tsx';
import { TourGuide } from './tour-guide.tsx';
import { useKeys } from './use-keys.ts';
import { useTheme } from './use-theme.ts';
import { VetoAlert } from './veto-alert.tsx';

const TOAST_MS = 6_000;
/** As long as a takeover can be undone. */
const UNDO_MS = 10_000;

/** The window: rail, screen, status bar, and what floats. */
export function App() {
  const console = useConsole();
  const { archive, desk } = console;
  // One runner for keys and palette: a second press is the same slip of the finger in both.
  const run = useMemo(() => createKeyRunner(console), [console]);
  const state = useDesk(current => current);
  const screen = useUi(current => current.screen);
  const callId = useCall(current => current.callId);
  // A capsule is read without a worker, and so without anybody who is signed in (ARC11).
  const isCapsule = useArchive(current => current.capsule !== null && current.capsule.callId === callId);
  const isReading = isCapsule && state.name === 'failed' && screen === 'call';
  const onLine = useLadder(current => current.mic === 'live' || current.mic === 'barge');
  useTheme();
  useKeys(run);
  return (
    <div className="app relative flex h-full flex-col" data-screen={screen}>
      <div className="flex min-h-0 flex-1 max-[700px]:flex-col-reverse">
        <Rail />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <LinkBanner />
          <AudioBanner />
          {state.name === 'loading' && <FloorSkeleton />}
          {isReading && <CallScreen />}
          {!isReading && state.name === 'failed' && state.error.code !== 'account.sign-in-needed' && (
            <Trouble title="This desk cannot start" words={state.error.message} code={state.error.code}>
              <button type="button" className="btn mt-2" onClick={() => void desk.load()}>
                Try again
              </button>
              <button type="button" className="btn mt-2 ml-2" onClick={() => archive.choose()}>
                Open a capsule
              </button>
            </Trouble>
          )}
          {state.name === 'ready' && screen === 'history' && <HistoryScreen />}
          {state.name === 'ready' && screen === 'figures' && <FiguresScreen />}
          {state.name === 'ready' && screen === 'knowledge' && <KnowledgeScreen />}
          {state.name === 'ready' && screen === 'settings' && <SettingsScreen />}
          {state.name === 'ready' && screen === 'call' && callId !== null && <CallScreen />}
          {state.name === 'ready' && (screen === 'floor' || (screen === 'call' && callId === null)) && (
            <FloorScreen />
          )}
        </div>
      </div>
      <StatusBar />
      {onLine && (
        <div className="frame-human pointer-events-none fixed inset-0 z-30" data-testid="on-line-frame" />
      )}
      <PatchSheet />
      <KeyHelp />
      <Palette onDo={({ deed }) => doDeed(console, run, deed)} />
      <PlaceCallSheet />
      <CapsuleDoor />
      <TourGuide />
      <VetoAlert />
      {!isReading && <SignInSheet />}
      <Toasts />
    </div>
  );
}

function Toasts() {
  const { ui, clock } = useConsole();
  const toast = useUi(state => state.toast);
  const close = (): void => ui.setState({ toast: null });
  useEffect(() => {
    // What went wrong stays until it is read; what went well goes by itself.
    if (toast?.tone !== 'plain') return;
    return clock.after(toast.undo ? UNDO_MS : TOAST_MS, () => ui.setState({ toast: null }));
  }, [toast, clock, ui]);
  const undo = toast?.undo;
  const onUndo = (): void => {
    close();
    undo?.();
  };
  return (
    <ToastRegion toast={toast && { ...toast, ...(undo === undefined ? {} : { onUndo }), onClose: close }} />
  );
}
