import { Headphones } from 'lucide-react';
import { KeyButton } from '#renderer/components/key-button.tsx';
import { useLeadPaint } from '#renderer/components/lead-paint.ts';
import { Bullets, SideSection } from '#renderer/components/side-column.tsx';
import { useConsole, useDesk, useFloor, useKeyOf, useMedia } from '#renderer/stores/use-console.ts';
import { mayDo } from '#renderer/stores/rights.ts';
import type { CallSummary } from '#shared/projections/live-board.ts';
import { ATTENTION_WORDS, clockWords } from '#shared/projections/words.ts';
import { startOf } from '../call-words.ts';
import { Elapsed } from '../elapsed.tsx';
import { useFrameLoop } from '../use-frames.ts';
import { useLead } from '../use-lead.ts';

/** The focused call without opening it. */
export function FloorSide({ call }: { readonly call: CallSummary }) {
  const { actions, ladder } = useConsole();
  const desk = useDesk(state => state);
  const listening = useMedia(state => state.listeningTo === call.callId);
  const keyOf = useKeyOf();
  const missed = missedWords(call);
  const connected = call.phase === 'connected';
  return (
    <section aria-label={`Call of ${call.displayName}`}>
      <div className="border-b border-line-2 px-4 pt-4 pb-3.5">
        <div className="flex items-baseline justify-between gap-3">
          <h2 className="m-0 truncate text-[15px] font-semibold">{call.displayName}</h2>
          <Elapsed sinceMs={startOf(call)} untilMs={call.endedAtMs} />
        </div>
        <p className="mt-0.5 mb-3 text-muted">
          {call.line} line{call.from !== null && call.from !== call.displayName && ` · ${call.from}`}
        </p>
        <div data-tour="join" className="side-actions flex gap-2">
          <KeyButton
            className="btn-solid"
            label="Open"
            shortcut={keyOf('open-call')}
            onPress={() => actions.openCall(call.callId)}
          />
          {connected && mayDo(desk, 'listen') && (
            <KeyButton
              icon={Headphones}
              className={listening ? 'btn-on' : ''}
              pressed={listening}
              label={listening ? 'Listening' : 'Listen'}
              shortcut={keyOf('listen')}
              onPress={() => void ladder.toggleListening(call.callId)}
            />
          )}
          {connected && mayDo(desk, 'take-over') && (
            <KeyButton
              label="Take over"
              shortcut={keyOf('take-over')}
              onPress={() => {
                actions.openCall(call.callId);
                void ladder.takeOver(call.callId);
              }}
            />
          )}
        </div>
      </div>
      {connected && !mayDo(desk, 'listen') && (
        <p className="m-0 border-b border-line-2 px-4 py-3 text-muted">
          You look on. An administrator can let you listen and take over.
        </p>
      )}
      <AboutToSay call={call} />
      {missed.length > 0 && (
        <SideSection title="What you missed">
          <Bullets lines={missed} />
        </SideSection>
      )}
      {call.lastLines.length > 0 && (
        <SideSection title="Last words">
          <div className="grid grid-cols-[54px_minmax(0,1fr)] gap-x-2 gap-y-2">
            {call.lastLines.map(last => (
              <div key={`${last.speaker}-${last.atMs}`} className="contents">
                <span
                  className={`font-semibold ${last.speaker === 'ai' ? 'text-lane-b' : last.speaker === 'human' ? 'text-human' : 'text-muted'}`}
                >
                  {last.speaker === 'ai' ? 'AI' : last.speaker === 'human' ? 'Person' : 'Caller'}
                </span>
                <span>{last.text}</span>
              </div>
            ))}
          </div>
        </SideSection>
      )}
    </section>
  );
}

function AboutToSay({ call }: { readonly call: CallSummary }) {
  const { actions } = useConsole();
  const desk = useDesk(state => state);
  const next = useFloor(state => state.next[call.callId]);
  const frames = useFrameLoop();
  const readLeadMs = useLead(next);
  const keyOf = useKeyOf();
  const held = next?.held ?? false;
  const [figure, line] = useLeadPaint({ held, fullLeadMs: next?.fullLeadMs ?? 0, readLeadMs, frames });
  if (!next) return null;
  return (
    <SideSection title="About to say">
      <div
        data-tour="next"
        className="strip relative overflow-hidden rounded-[8px] border border-lane-b/50 px-3 pt-2.5 pb-2.5"
      >
        <p className="m-0 text-[13.5px] leading-[1.4]">{next.text}</p>
        <div className="mt-2 flex items-center gap-2">
          <span ref={figure} className="num flex-1 text-[12px] text-muted" />
          {mayDo(desk, 'veto-chunk') && (
            <KeyButton
              className="btn-small"
              label="Veto"
              shortcut={keyOf('veto')}
              onPress={() => void actions.veto(call.callId)}
            />
          )}
          {mayDo(desk, 'hold-speech') && (
            <KeyButton
              className="btn-small"
              label={next.held ? 'Resume' : 'Hold'}
              shortcut={keyOf('hold')}
              onPress={() => void actions.toggleHold(call.callId)}
            />
          )}
        </div>
        <div ref={line} className="keeps-colour absolute inset-x-0 bottom-0 h-0.5 origin-left bg-lane-b" />
      </div>
    </SideSection>
  );
}

/** From the row alone: the whole log is read only when the call is opened. */
function missedWords(call: CallSummary): string[] {
  const start = startOf(call);
  const lines = call.attention.map(
    ({ reason, atMs }) => `${ATTENTION_WORDS[reason]} at ${clockWords(atMs - start)}`,
  );
  if (call.vetoCount > 0)
    lines.push(`Lane C stopped ${call.vetoCount === 1 ? 'one sentence' : `${call.vetoCount} sentences`}`);
  if (call.interruptionCount > 0)
    lines.push(
      `The caller interrupted ${call.interruptionCount === 1 ? 'once' : `${call.interruptionCount} times`}`,
    );
  return lines;
}
