import type { ChunkId } from '#shared/domain/ids.ts';
import type { CallEvent, CallEventDraft } from '#shared/events/call-event.ts';
import type { JournalEntry } from '#shared/adapters/journal.ts';
import { ChunkLedger } from '#worker/lanes/chunk-ledger.ts';
import type { GateOutcome } from '#worker/lanes/control/control-gate.ts';
import { SpeechGate, type VetoedDraft } from '#worker/lanes/speech-gate.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** A speech gate on a virtual clock, whose Lane C says what the test tells it: a text that contains `VETO` is refused. */
export function scriptedGate(
  options: {
    readonly holdBackMs?: number;
    readonly judge?: 'at-once' | 'by-hand';
    readonly disk?: 'at-once' | 'by-hand' | 'fails';
  } = {},
) {
  const clock = createVirtualClock();
  const ledger = new ChunkLedger();
  const events: CallEventDraft[] = [];
  const vetoes: VetoedDraft[] = [];
  const verdicts: (() => void)[] = [];
  const disk: (() => void)[] = [];
  let ids = 0;
  let closed = false;
  const gate = new SpeechGate({
    clock,
    ledger,
    append: draft => {
      if (closed) return null;
      events.push(draft);
      return {
        position: events.length,
        event: { ...draft, seq: events.length - 1 } as CallEvent,
      } satisfies JournalEntry;
    },
    durable: () => {
      if (options.disk === 'fails') return Promise.reject(new Error('disk'));
      if (options.disk === 'by-hand') return new Promise(resolve => disk.push(resolve));
      return Promise.resolve();
    },
    newId: () => `id-${String(++ids)}`,
    holdBackMs: () => options.holdBackMs ?? 0,
    openGate: (_spec, onOutcome) => {
      let open = true;
      return {
        draft: chunk => {
          const judge = (): void => {
            if (open) onOutcome(outcomeOf(chunk.chunkId, chunk.text));
          };
          if (options.judge === 'by-hand') verdicts.push(judge);
          else judge();
        },
        end: () => undefined,
        abort: () => {
          open = false;
        },
      };
    },
    onVeto: veto => vetoes.push(veto),
    onChange: () => undefined,
  });
  return {
    clock,
    ledger,
    gate,
    events,
    vetoes,
    verdicts,
    disk,
    /** As after the end of a call: nothing is written any more. */
    closeLog: () => {
      closed = true;
    },
    states: () => [...ledger.all()].map(chunk => chunk.state),
  };
}

function outcomeOf(chunkId: ChunkId, text: string): GateOutcome {
  const refused = text.includes('VETO');
  const redacted = text.replace('SECRET', '[hidden]');
  return {
    chunkId,
    decision: refused ? 'veto' : redacted === text ? 'allow' : 'redact',
    text: refused ? '' : redacted,
    verdicts: [],
    veto: refused
      ? {
          policy: 'no-test-word',
          reason: 'test',
          overridable: true,
          policies: ['no-test-word'],
          together: [chunkId],
        }
      : null,
    judgeMs: 0,
  };
}
