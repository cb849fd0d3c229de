import { z } from 'zod';
import { handoffBriefSchema } from '#shared/projections/handoff-brief.ts';
import { figureQuerySchema, windowFiguresSchema } from '#shared/domain/call-figures.ts';
import { callQuerySchema, listedCallSchema } from '#shared/domain/call-list.ts';
import { callSummarySchema } from '#shared/domain/call-summary.ts';
import { CAPABILITIES, roleSchema } from '#shared/domain/roles.ts';
import { errorBodySchema, errorCodeSchema } from '#shared/errors/app-error.ts';
import { callEventSchema } from '#shared/events/call-event.ts';
import { audioDirectionSchema, audioGrantSchema } from '#shared/protocol/audio-grant.ts';
import { recordingPeaksSchema } from '#shared/protocol/recording-peaks.ts';
import { chatAnswerSchema, chatRequestSchema } from '#shared/protocol/chat.ts';
import { TICKET_REQUEST_STATES } from '#shared/domain/ticket.ts';
import { commandAnswerSchema, supervisionVerbSchema } from '#shared/protocol/supervision.ts';
import { PROOF_RULES } from '#worker/audit/verify-spoken.ts';
import { ARCHIVE_ROUTES } from './archive-routes.ts';
import { AUDIT_ROUTES } from './audit-routes.ts';
import { KNOWLEDGE_ROUTES } from './knowledge-routes.ts';
import { POLICY_ROUTES } from './policy-routes.ts';
import { recordFactsSchema } from './record-facts.ts';
import { ROOM_ROUTES } from './room-routes.ts';
import { noBody, route, type Route } from './route.ts';

const callParams = z.object({ id: z.string().min(1).max(64) });
const afterSeq = z.object({ afterSeq: z.coerce.number().int().min(-1).default(-1) });

const person = z.object({
  userId: z.string(),
  name: z.string(),
  role: roleSchema,
  capabilities: z.array(z.enum(CAPABILITIES)),
});

/** Every route there is. The WebSockets are described here too; their messages are in the protocol. */
export const ROUTES = {
  health: route('GET', '/healthz', 'The process lives.', 'public', {
    result: z.object({ ok: z.literal(true) }),
  }),
  ready: route('GET', '/readyz', 'The store answers and calls can be taken.', 'public', {
    result: z.object({
      ok: z.boolean(),
      workerId: z.string(),
      head: z.number(),
      brain: z.string(),
      voice: z.string(),
      record: recordFactsSchema,
    }),
  }),
  metrics: route(
    'GET',
    '/metrics',
    'Figures for Prometheus, as text. For this machine, or with a session.',
    'public',
    { result: noBody },
  ),
  openapi: route('GET', '/api/openapi.json', 'This document.', 'public', {
    result: z.record(z.string(), z.unknown()),
  }),
  createSession: route(
    'POST',
    '/api/sessions',
    'Exchanges the boot secret for the local admin session, or, for an admin, mints a session for another person of the org.',
    'public',
    {
      body: z.union([
        z.strictObject({ bootSecret: z.string().min(16).max(200) }),
        z.strictObject({ userId: z.string().min(1).max(64) }),
      ]),
      result: z.object({ token: z.string(), user: person }),
    },
  ),
  currentSession: route(
    'GET',
    '/api/sessions/current',
    'Who this session belongs to and what it may do.',
    'session',
    { result: person },
  ),
  people: route('GET', '/api/people', 'People of the org.', 'session', {
    result: z.object({ people: z.array(person) }),
  }),
  snapshot: route(
    'GET',
    '/api/snapshot',
    'Every open call as a row of the floor, and the position after which the stream continues.',
    'call.view',
    {
      result: z.object({ position: z.number().int(), calls: z.array(callSummarySchema) }),
    },
  ),
  calls: route(
    'GET',
    '/api/calls',
    'Calls, newest first; `query` looks at names, lines and everything that was said.',
    'call.view',
    {
      query: callQuerySchema,
      result: z.object({ calls: z.array(listedCallSchema) }),
    },
  ),
  figures: route(
    'GET',
    '/api/figures',
    'How well the calls went that ended in a window: outcomes, percentiles and rates.',
    'call.view',
    { query: figureQuerySchema, result: windowFiguresSchema },
  ),
  callEvents: route('GET', '/api/calls/:id/events', 'The log of one call after `afterSeq`.', 'call.view', {
    params: callParams,
    query: afterSeq,
    result: z.object({ events: z.array(callEventSchema) }),
  }),
  brief: route(
    'GET',
    '/api/calls/:id/brief',
    'What a person needs who takes the call: disposition, summary, facts, what was tried, and the transcript.',
    'call.view',
    { params: callParams, result: handoffBriefSchema },
  ),
  conversation: route(
    'GET',
    '/api/conversations/:id',
    'One call with its turns, for playback.',
    'call.view',
    {
      params: callParams,
      result: z.object({
        conversation: listedCallSchema,
        turns: z.array(
          z.object({
            id: z.string(),
            speaker: z.string(),
            startedAtMs: z.number(),
            endedAtMs: z.number(),
            text: z.string(),
          }),
        ),
      }),
    },
  ),
  spokenProof: route(
    'GET',
    '/api/calls/:id/spoken-proof',
    'Whether every word that was audible on one call had an allowing verdict on disk before it, from its log.',
    'call.view',
    {
      params: callParams,
      result: z.object({
        callId: z.string(),
        verdict: z.enum(['pass', 'fail']),
        faults: z.array(z.object({ rule: z.enum(PROOF_RULES), seq: z.number().int(), says: z.string() })),
        chunksHeard: z.number().int(),
        pieces: z.number().int(),
        audibleSamples: z.number().int(),
        audibleChars: z.number().int(),
        unfinishedChunks: z.array(z.string()),
      }),
    },
  ),
  verdicts: route(
    'GET',
    '/api/calls/:id/verdicts',
    'Every verdict of Lane C on one call, as it was audited.',
    'call.view',
    {
      params: callParams,
      result: z.object({
        verdicts: z.array(
          z.object({
            id: z.string(),
            turnId: z.string().nullable(),
            policy: z.string(),
            decision: z.string(),
            reason: z.string(),
            atMs: z.number(),
            documentVersion: z.string().nullable(),
          }),
        ),
      }),
    },
  ),
  recording: route(
    'GET',
    '/api/calls/:id/recording',
    'The recording of one call as Ogg Opus, caller left, what the caller heard right. Takes `Range`.',
    'recording.play',
    { params: callParams, result: noBody },
  ),
  recordingPeaks: route(
    'GET',
    '/api/calls/:id/recording/peaks',
    'The shape of the recording of one call: the loudest sample of both sides in at most `points` stretches.',
    'recording.play',
    {
      params: callParams,
      query: z.object({ points: z.coerce.number().int().min(10).max(4000).default(600) }),
      result: recordingPeaksSchema,
    },
  ),
  recordingHold: route(
    'POST',
    '/api/calls/:id/recording/legal-hold',
    'Keeps the recording of one call from being deleted, or lets it expire again. The reason is audited.',
    'recording.hold',
    {
      params: callParams,
      body: z.strictObject({ held: z.boolean(), reason: z.string().trim().min(1).max(500) }),
      result: z.object({ held: z.boolean() }),
    },
  ),
  command: route(
    'POST',
    '/api/calls/:id/commands',
    'One supervision command. The same `commandId` again gives the first answer.',
    'call.view',
    {
      params: callParams,
      body: z.object({
        commandId: z.string().min(1).max(64),
        verb: supervisionVerbSchema,
        args: z.record(z.string(), z.unknown()).default({}),
      }),
      result: commandAnswerSchema,
    },
  ),
  audioGrant: route(
    'POST',
    '/api/calls/:id/audio-grants',
    'The right to open one audio stream within 30 s.',
    'call.listen',
    {
      params: callParams,
      body: z.object({ direction: audioDirectionSchema }),
      result: audioGrantSchema,
    },
  ),
  toolCalls: route(
    'GET',
    '/api/calls/:id/tool-calls',
    'Every tool call of one call, those of the ticket outbox included, as it was audited.',
    'call.view',
    {
      params: callParams,
      result: z.object({
        toolCalls: z.array(
          z.object({
            id: z.string(),
            turnId: z.string().nullable(),
            tool: z.string(),
            requestHash: z.string(),
            responseHash: z.string(),
            status: z.string(),
            latencyMs: z.number(),
            atMs: z.number(),
            redactedRequest: z.string(),
            redactedResponse: z.string(),
          }),
        ),
      }),
    },
  ),
  ticketRequests: route(
    'GET',
    '/api/calls/:id/tickets',
    'What the AI wanted of the ticket system on one call, and what became of it.',
    'call.view',
    {
      params: callParams,
      result: z.object({
        requests: z.array(
          z.object({
            requestId: z.string(),
            kind: z.enum(['create', 'update', 'note']),
            state: z.enum(TICKET_REQUEST_STATES),
            attempts: z.number().int(),
            ticketId: z.string().nullable(),
            errorCode: z.string().nullable(),
            createdAtMs: z.number(),
          }),
        ),
      }),
    },
  ),
  ticketingTest: route(
    'POST',
    '/api/ticketing/test',
    'Tries the configured ticket system step by step: connect, list tools, map, search. Changes nothing there.',
    'ticketing.test',
    {
      result: z.object({
        provider: z.string(),
        ok: z.boolean(),
        steps: z.array(
          z.object({
            step: z.enum(['connect', 'list-tools', 'map', 'search']),
            ok: z.boolean(),
            tookMs: z.number(),
            detail: z.string(),
            code: errorCodeSchema.nullable(),
          }),
        ),
      }),
    },
  ),
  chat: route(
    'POST',
    '/api/voice/chat',
    'One turn in text, through the lanes of a call: intent, retrieval, tools, Lane B and the gate. No audio.',
    'ai.chat',
    { body: chatRequestSchema, result: chatAnswerSchema },
  ),
  startSession: route(
    'POST',
    '/api/control/start-session',
    'Lets one scripted caller ring now, here or on another worker of the team.',
    'session.mint',
    {
      body: z.object({
        scenario: z.string().max(200).optional(),
        workerId: z.string().max(64).optional(),
      }),
      result: z.object({ callId: z.string() }),
    },
  ),
  endSession: route(
    'POST',
    '/api/control/end-session',
    'Ends a call, on whichever worker of the team it runs.',
    'call.end',
    {
      body: z.object({ callId: z.string() }),
      result: commandAnswerSchema,
    },
  ),
  ...POLICY_ROUTES,
  ...AUDIT_ROUTES,
  ...ARCHIVE_ROUTES,
  ...KNOWLEDGE_ROUTES,
  ...ROOM_ROUTES,
  rotateKnowledge: route(
    'POST',
    '/api/control/rotate-knowledge',
    'Reads the published documents again on every worker and answers new turns from them; running turns keep what they began with. Publishing does the same by itself. A document that cannot be read is refused with its name, and everything stays as it was.',
    'knowledge.publish',
    {
      result: z.object({
        outcome: z.enum(['rotated', 'unchanged']),
        snapshotId: z.string(),
        documents: z.number().int(),
        passages: z.number().int(),
      }),
    },
  ),
  stream: route(
    'GET',
    '/api/stream',
    'WebSocket: events, notices, commands and answers. Subprotocol `sidetone.<token>` carries the session.',
    'call.view',
    { result: noBody },
  ),
  listen: route(
    'GET',
    '/api/audio/listen',
    'WebSocket: what this person may hear of one call, as audio frames.',
    'public',
    { query: z.object({ grant: z.string() }), result: noBody },
  ),
  microphone: route(
    'GET',
    '/api/audio/microphone',
    "WebSocket: this person's microphone into one call, as audio frames.",
    'public',
    {
      query: z.object({ grant: z.string() }),
      result: noBody,
    },
  ),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;

/** What every refusal looks like. */
export const refusalSchema = z.object({ error: errorBodySchema });
