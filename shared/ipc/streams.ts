import { z } from 'zod';
import { callSummarySchema } from '#shared/domain/call-summary.ts';
import { callIdSchema } from '#shared/domain/ids.ts';
import { errorBodySchema } from '#shared/errors/app-error.ts';
import { journalEntrySchema } from '#shared/protocol/stream.ts';
import { noticeSchema } from '#shared/protocol/notices.ts';

/** Long-lived channels between renderer and desk core: a MessagePort in Electron, a WebSocket in the browser host. */
export const streams = {
  /** Every event of every open call and the notices. First message is a snapshot of the calls; a new snapshot means "forget the others". */
  floor: {
    args: z.object({}),
    down: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('snapshot'),
        position: z.number().int(),
        calls: z.array(callSummarySchema),
      }),
      z.object({
        type: z.literal('batch'),
        entries: z.array(journalEntrySchema),
        notices: z.array(noticeSchema),
      }),
    ]),
    up: z.never(),
  },
  /** What this person may hear of one call. Down: binary audio frames (see `audio-frame.ts`). */
  listen: {
    args: z.object({ callId: callIdSchema }),
    down: z.object({ type: z.literal('closed'), error: errorBodySchema.nullable() }),
    up: z.never(),
  },
  /** This person's microphone into one call. Up: binary audio frames. Refused (`grant.invalid`) unless the worker holds this person as armed, barge or live. */
  microphone: {
    args: z.object({ callId: callIdSchema }),
    down: z.object({ type: z.literal('closed'), error: errorBodySchema.nullable() }),
    up: z.never(),
  },
  /**
   * What this person whispers to the one who has the call. Up: binary audio frames, on a stream apart from `microphone` so that
   * none of them can be taken for one that is said on the line.
   */
  coach: {
    args: z.object({ callId: callIdSchema }),
    down: z.object({ type: z.literal('closed'), error: errorBodySchema.nullable() }),
    up: z.never(),
  },
} as const;

export type StreamName = keyof typeof streams;
export type StreamArgs<S extends StreamName> = z.input<(typeof streams)[S]['args']>;
export type StreamDown<S extends StreamName> = z.output<(typeof streams)[S]['down']>;

/** One open stream as the renderer holds it. */
export interface DeskStream {
  sendAudio(frame: ArrayBuffer): void;
  close(): void;
}

/** What a stream delivers. `onAudio` gets whole frames; `onClose` is called once, whoever closed. */
export interface StreamHandlers<S extends StreamName> {
  onMessage(message: StreamDown<S>): void;
  onAudio?(frame: ArrayBuffer): void;
  onClose(): void;
}
