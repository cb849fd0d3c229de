import {
  Flag,
  Headphones,
  MessageSquareText,
  Mic,
  MicOff,
  PhoneForwarded,
  PhoneOff,
  PhoneOutgoing,
  type LucideIcon,
} from 'lucide-react';
import type { CallId } from '#shared/domain/ids.ts';
import type { SupervisionVerb } from '#shared/protocol/supervision.ts';
import { Composer, type ComposerTab } from '#renderer/components/composer.tsx';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { LevelMeter } from '#renderer/components/level-meter.tsx';
import { Sheet } from '#renderer/components/sheet.tsx';
import { mayTransfer } from '#renderer/stores/call-actions.ts';
import type { KeyAction } from '#renderer/stores/keymap.ts';
import { mayDo } from '#renderer/stores/rights.ts';
import type { ComposerMode } from '#renderer/stores/ui-store.ts';
import {
  useCall,
  useConsole,
  useDesk,
  useKeyOf,
  useLadder,
  useMedia,
  useUi,
} from '#renderer/stores/use-console.ts';
import { CoachButton } from './coach-button.tsx';
import { TransferNote } from './transfer-note.tsx';
import { TransferSheet } from './transfer-sheet.tsx';
import { SafetyKeys } from './safety-keys.tsx';
import { useFrameLoop } from '../use-frames.ts';

type DockTab = Omit<ComposerTab<ComposerMode>, 'shortcut'> & { readonly action: KeyAction };

const TELL: DockTab = {
  mode: 'tell',
  words: 'Tell the AI',
  action: 'tell-ai',
  hint: 'A note only the AI reads',
};
const SAY: DockTab = {
  mode: 'say',
  words: 'Say now',
  action: 'say-now',
  hint: 'A sentence the AI says as soon as it may',
};
const NOTE: DockTab = {
  mode: 'note',
  words: 'Note',
  action: 'tell-ai',
  hint: 'Kept with the call; the AI reads it after you hand back',
};

/** What can be done, always in the same place, each with its key. What this person may not do is not here. */
export function CallDock() {
  const callId = useCall(state => state.callId);
  const ended = useCall(state => state.timeline.endedAtMs !== null);
  if (callId === null || ended) return null;
  return <OpenDock callId={callId} />;
}

function OpenDock({ callId }: { readonly callId: CallId }) {
  const { actions, ui, ladder } = useConsole();
  const desk = useDesk(state => state);
  const mic = useLadder(state => (state.callId === callId ? state.mic : 'monitor'));
  const muted = useMedia(state => state.muted);
  const canTransfer = useCall(state => mayTransfer(state.timeline));
  const asksTarget = useUi(state => state.sheet === 'transfer');
  const confirmEnd = useUi(state => state.sheet === 'end-call');
  const keyOf = useKeyOf();
  const may = (verb: SupervisionVerb): boolean => mayDo(desk, verb);
  const onLine = mic === 'live' || mic === 'barge';
  return (
    <footer
      role="region"
      aria-label="What you can do"
      className="dock flex min-h-[64px] flex-none flex-wrap items-center gap-4 border-t border-line-2 bg-panel px-5 py-2.5"
    >
      <TransferNote />
      {mic === 'live' ? (
        <KeyButton
          className={`btn-40 ${muted ? 'btn-human' : ''}`}
          icon={muted ? MicOff : Mic}
          label={muted ? 'Unmute' : 'Mute'}
          shortcut={keyOf('mute')}
          pressed={muted}
          onPress={() => ladder.toggleMute()}
        />
      ) : (
        <Rungs callId={callId} />
      )}
      {!onLine && may('arm-microphone') && <Arm callId={callId} />}
      {!onLine && may('whisper-to-human') && <CoachButton callId={callId} />}
      {!may('listen') && !may('take-over') && (
        <p className="m-0 text-muted">You look on. An administrator can let you listen and take over.</p>
      )}
      <DockComposer callId={callId} live={mic === 'live'} />
      <SafetyKeys callId={callId} />
      <div className="flex gap-2">
        {may('transfer') && (
          <KeyButton
            className="btn-40"
            icon={PhoneOutgoing}
            label="Transfer"
            shortcut={keyOf('transfer')}
            disabled={!canTransfer}
            onPress={() => actions.openTransfer()}
          />
        )}
        {may('flag-moment') && (
          <KeyButton
            className="btn-40"
            icon={Flag}
            label="Flag"
            shortcut={keyOf('flag')}
            onPress={() => void actions.flag(callId)}
          />
        )}
        {may('end-call') && (
          <KeyButton
            className={`btn-40 ${onLine ? 'btn-danger' : ''}`}
            icon={PhoneOff}
            label="End call"
            onPress={() => ui.setState({ sheet: 'end-call' })}
          />
        )}
      </div>
      {asksTarget && may('transfer') && <TransferSheet callId={callId} />}
      {confirmEnd && (
        <Sheet label="End the call" onClose={() => ui.setState({ sheet: 'none' })}>
          <h2 className="mt-0 mb-1 text-[15px] font-semibold">End this call?</h2>
          <p className="mt-0 mb-4 text-muted">The caller is disconnected. This cannot be undone.</p>
          <div className="flex justify-end gap-2">
            <button type="button" className="btn" data-first onClick={() => ui.setState({ sheet: 'none' })}>
              Keep talking
            </button>
            <button type="button" className="btn btn-danger" onClick={() => void actions.endCall(callId)}>
              End call
            </button>
          </div>
        </Sheet>
      )}
    </footer>
  );
}

interface Rung {
  readonly label: string;
  readonly shortcut: string;
  readonly icon: LucideIcon;
  readonly verb: SupervisionVerb;
  readonly on: boolean;
  readonly look: string;
  readonly press: () => void;
}

/** The ladder, from quiet to loud, in one bar. */
function Rungs({ callId }: { readonly callId: CallId }) {
  const { actions, ladder } = useConsole();
  const desk = useDesk(state => state);
  const listening = useMedia(state => state.listeningTo === callId);
  const barging = useLadder(state => state.callId === callId && state.mic === 'barge');
  const pending = useUi(state => state.pending);
  const keyOf = useKeyOf();
  const rungs: readonly Rung[] = [
    {
      label: listening ? 'Listening' : 'Listen',
      shortcut: keyOf('listen'),
      icon: Headphones,
      verb: 'listen',
      on: listening,
      look: listening ? 'btn-on' : '',
      press: () => void ladder.toggleListening(callId),
    },
    {
      label: 'Whisper',
      shortcut: keyOf('whisper'),
      icon: MessageSquareText,
      verb: 'whisper-to-ai',
      on: false,
      look: '',
      press: () => actions.compose('tell'),
    },
    {
      label: barging ? 'Barging' : 'Barge',
      shortcut: keyOf('barge'),
      icon: Mic,
      verb: 'barge',
      on: barging,
      look: barging ? 'btn-human' : '',
      press: () => void ladder.barge(callId),
    },
    {
      label: 'Take over',
      shortcut: keyOf('take-over'),
      icon: PhoneForwarded,
      verb: 'take-over',
      on: false,
      look: 'btn-solid',
      press: () => void ladder.takeOver(callId),
    },
  ];
  return (
    <div role="group" aria-label="Ladder" className="rungs flex">
      {rungs
        .filter(({ verb }) => mayDo(desk, verb))
        .map(({ label, shortcut, icon, verb, on, look, press }) => (
          <KeyButton
            key={verb}
            className={`btn-40 ${look}`}
            icon={icon}
            label={label}
            shortcut={shortcut}
            pressed={on}
            disabled={pending.includes(verb)}
            onPress={press}
          />
        ))}
    </div>
  );
}

/** The microphone as a step of its own: open and metered, heard by nobody. */
function Arm({ callId }: { readonly callId: CallId }) {
  const { ladder, media } = useConsole();
  const frames = useFrameLoop();
  const keyOf = useKeyOf();
  const armed = useLadder(state => state.callId === callId && state.mic === 'armed');
  const opening = useMedia(state => state.device.name === 'opening');
  const isWhispering = useMedia(state => state.whisperingTo === callId);
  return (
    <div className="flex items-center gap-2">
      <KeyButton
        className={`btn-40 ${armed ? 'btn-on' : ''}`}
        icon={armed ? Mic : MicOff}
        label={armed ? 'Armed' : opening ? 'Opening' : 'Arm'}
        shortcut={keyOf('arm')}
        pressed={armed}
        onPress={() => void ladder.toggleArmed(callId)}
      />
      {armed && (
        <LevelMeter
          label={
            isWhispering
              ? 'Your microphone level; you are whispering'
              : 'Your microphone level; nobody hears you'
          }
          read={media.level}
          frames={frames}
        />
      )}
    </div>
  );
}

function DockComposer({ callId, live }: { readonly callId: CallId; readonly live: boolean }) {
  const { actions, ui } = useConsole();
  const desk = useDesk(state => state);
  const chosen = useUi(state => state.composer);
  const drafts = useUi(state => state.drafts);
  const keyOf = useKeyOf();
  const focusRequest = useUi(state => state.composerFocus);
  const pending = useUi(state => state.pending);
  const tabs = live
    ? [NOTE]
    : [...(mayDo(desk, 'whisper-to-ai') ? [TELL] : []), ...(mayDo(desk, 'say-now') ? [SAY] : [])];
  const mode = tabs.some(tab => tab.mode === chosen) ? chosen : tabs[0]?.mode;
  if (mode === undefined) return <span className="flex-1" />;
  return (
    <Composer
      tabs={tabs.map(({ action, ...tab }) => ({ ...tab, shortcut: keyOf(action) }))}
      mode={mode}
      text={drafts[mode]}
      busy={pending.some(verb => verb === 'whisper-to-ai' || verb === 'say-now' || verb === 'add-note')}
      focusRequest={focusRequest}
      onMode={composer => ui.setState({ composer })}
      onText={text => ui.setState({ drafts: { ...drafts, [mode]: text } })}
      onSend={() => {
        ui.setState({ composer: mode });
        void actions.send(callId);
      }}
    />
  );
}
