import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Journal } from '#shared/adapters/journal.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import { may, type Actor } from '#shared/domain/roles.ts';
import { appError } from '#shared/errors/app-error.ts';
import { CAPSULE_SUFFIX } from '#shared/protocol/capsule.ts';
import { makeCapsule } from '#worker/archive/make-capsule.ts';
import { redactEvent } from '#worker/archive/redact-event.ts';
import type { RecordingParts } from '#worker/media/recorder/join-job.ts';
import type { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import type { Store } from '#worker/store/store.ts';
import { ARCHIVE_ROUTES } from './archive-routes.ts';
import type { AuditParts } from './audit-handlers.ts';
import type { Route } from './route.ts';
import { peaksOf, recordingOf } from './serve-recording.ts';
import { signedIn } from './signed-in.ts';

/** Stretches of the audio's shape: as many as a wide screen shows. */
const CAPSULE_PEAKS = 2_000;
const PAGE_CALLS = 50;
const MOST_CALLS = 1_000;
const PAGE_EVENTS = 2_000;

export interface ArchiveFilesDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly workerId: string;
  readonly recordings: string;
  readonly recordingParts?: RecordingParts;
  readonly audit?: AuditParts;
  readonly policies?: PolicyDesk;
  readonly authorise: (request: FastifyRequest, route: Route) => Promise<Actor | null>;
}

/** Calls as files. What leaves is redacted, and that it left is on record before the first byte goes (ARC9). */
export function serveArchiveFiles(server: FastifyInstance, deps: ArchiveFilesDeps): void {
  const { store, journal, clock, newId } = deps;
  const kept = { folder: deps.recordings, parts: deps.recordingParts };
  const left = (actor: Actor, action: string, payload: unknown): Promise<void> =>
    store.recordAccess({
      id: newId(),
      orgId: actor.orgId,
      userId: actor.userId,
      action,
      outcome: 'done',
      atMs: clock.now(),
      payload,
    });

  server.get(ARCHIVE_ROUTES.capsule.path, async (request, reply) => {
    const actor = signedIn(await deps.authorise(request, ARCHIVE_ROUTES.capsule));
    const { id } = read(ARCHIVE_ROUTES.capsule.params, request.params);
    const { audio } = read(ARCHIVE_ROUTES.capsule.query, request.query);
    if (!deps.audit) throw appError('input.invalid', 'This worker hands out no calls.');
    const callId = id as CallId;
    await journal.durable(journal.head);
    if (!(await store.conversation(actor.orgId, callId)))
      throw appError('call.unknown', 'There is no such call.');
    // Audio is not for everybody who may hand out words.
    const withAudio = audio === 'yes' && may(actor.role, 'recording.play');
    await left(actor, 'capsule', { callId, withAudio });
    const status = deps.policies?.status(actor.orgId);
    const bytes = await makeCapsule(
      {
        store,
        key: deps.audit.key,
        workerId: deps.workerId,
        policies: {
          label: status?.label ?? '',
          documents: status?.documents.map(({ document }) => document) ?? [],
        },
        recording: withAudio ? () => recordingOf(kept, callId) : null,
        peaks: () => peaksOf(kept, callId, CAPSULE_PEAKS).catch(() => null),
        nowMs: clock.now(),
      },
      callId,
      actor,
    );
    return reply
      .type('application/zip')
      .header(
        'content-disposition',
        `attachment; filename="${callId.replaceAll(/[^\w.-]/gu, '_')}${CAPSULE_SUFFIX}"`,
      )
      .send(Buffer.from(bytes));
  });

  server.get(ARCHIVE_ROUTES.exportArchive.path, async (request, reply) => {
    const actor = signedIn(await deps.authorise(request, ARCHIVE_ROUTES.exportArchive));
    const { callId, ...query } = read(ARCHIVE_ROUTES.exportArchive.query, request.query);
    await journal.durable(journal.head);
    if (callId !== '' && !(await store.conversation(actor.orgId, callId as CallId)))
      throw appError('call.unknown', 'There is no such call.');
    await left(actor, 'export', callId === '' ? query : { callId });
    const callIds = async function* (): AsyncGenerator<CallId> {
      if (callId !== '') return void (yield callId as CallId);
      let { beforeMs } = query;
      for (let count = 0; count < MOST_CALLS;) {
        const page = await store.searchArchive(actor.orgId, { ...query, beforeMs, limit: PAGE_CALLS });
        for (const { call } of page) yield call.id;
        const last = page.at(-1);
        if (!last || page.length < PAGE_CALLS) return;
        count += page.length;
        beforeMs = last.call.startedAtMs;
      }
    };
    const lines = async function* (): AsyncGenerator<string> {
      for await (const id of callIds())
        for (let after = -1; ;) {
          const page = await store.callLogTexts(id, after, PAGE_EVENTS);
          yield page.map(({ text }) => `${redactEvent(text).text}\n`).join('');
          if (page.length < PAGE_EVENTS) break;
          after = page.at(-1)?.seq ?? after;
        }
    };
    return reply
      .type('application/x-ndjson')
      .header('content-disposition', 'attachment; filename="calls.jsonl"')
      .send(Readable.from(lines()));
  });
}

function read<Value>(
  schema: {
    safeParse(
      input: unknown,
    ): { success: true; data: Value } | { success: false; error: { issues: readonly { message: string }[] } };
  },
  input: unknown,
): Value {
  // prettier-ignore
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw appError('input.invalid', parsed.error.issues[0]?.message ?? 'The request is not understood.');
}
