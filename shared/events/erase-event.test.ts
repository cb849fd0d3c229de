import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recordedCall, richCall, takenOverCall } from '#tests/fixtures/rich-call.ts';
import { storedCall } from '#tests/fixtures/stored-call.ts';
import { figuresOf } from '#shared/projections/fold-figures.ts';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { handoffBrief } from '#shared/projections/handoff-brief.ts';
import { shopCallLog } from '#shared/projections/shop-call-log.ts';
import { CALL_EVENT_SCHEMAS, callEventSchema, type CallEvent } from './call-event.ts';
import { ERASURE_SCOPES, erasedText, eraseEvent } from './erase-event.ts';

const CALLS = {
  stored: storedCall('c1'),
  rich: richCall(),
  taken: takenOverCall(),
  recorded: recordedCall(),
};
const throughJson = (event: CallEvent): unknown => JSON.parse(JSON.stringify(event));

/** Texts in which a caller may be found, and that are not codes, ids or names of our own people. */
/** What our own people wrote about our own goods. */
const OUR_TEXTS: Partial<Record<CallEvent['type'], readonly string[]>> = {
  'knowledge.patched': ['title', 'markdown'],
};
const KEPT_FIELDS = new Set([
  ...[
    'id',
    'briefingId',
    'patchId',
    'publishedId',
    'orgId',
    'conversationId',
    'turnId',
    'chunkId',
    'noteId',
    'noteIds',
    'chunkIds',
    'auditId',
    'auditIds',
  ],
  ...[
    'approvalId',
    'requestId',
    'ticketId',
    'ticketRef',
    'suggestionId',
    'hypothesisId',
    'commandId',
    'overrules',
    'docId',
  ],
  ...[
    'sourceId',
    'snapshotId',
    'userId',
    'userName',
    'host',
    'verb',
    'tool',
    'tools',
    'allowedTools',
    'policy',
    'policies',
  ],
  ...[
    'provider',
    'brain',
    'voice',
    'scenario',
    'line',
    'ofType',
    'documentVersion',
    'format',
    'cause',
    'code',
    'title',
    'room',
    'edges',
  ],
  // A code of ours unless a person gave it (`chunk.vetoed`), and words of our own documents: what tools answered goes.
  ...['reason', 'quote'],
]);

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly format?: string;
}

/** A value of the schema in which every free text is `MARK field`. */
function marked(schema: JsonSchema, field: string): unknown {
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return marked(choices.find(({ type }) => type !== 'null') ?? {}, field);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, marked(inner, name)]),
    );
  if (schema.prefixItems) return schema.prefixItems.map(inner => marked(inner, field));
  if (schema.type === 'array') return [marked(schema.items ?? {}, field)];
  if (schema.type === 'string') {
    if (schema.pattern?.includes('0-9a-f') === true) return 'f'.repeat(64);
    return schema.pattern === undefined ? `MARK ${field}` : '7';
  }
  if (schema.type === 'number' || schema.type === 'integer') return 1;
  if (schema.type === 'boolean') return true;
  return {};
}

/** Names of the fields that still show their mark. */
function shownFields(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('MARK ') ? [value.slice(5)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(shownFields);
}

describe('an erased call', () => {
  test.each(Object.entries(CALLS))(
    '[PRIV1] %s: every event keeps its place, its type and its shape',
    (_name, events) => {
      for (const scope of ERASURE_SCOPES)
        for (const event of events) {
          const erased = eraseEvent(event, scope);
          expect(callEventSchema.parse(throughJson(erased))).toEqual(throughJson(erased));
          const { id, seq, type, atMs } = event;
          expect(erased).toMatchObject({ id, seq, type, atMs });
          expect(throughJson(eraseEvent(erased, scope))).toEqual(throughJson(erased));
        }
    },
  );

  test.each(Object.entries(CALLS))(
    '[PRIV1] %s: every fold reads it on, and its figures are the same',
    (_name, events) => {
      const erased = events.map(event => eraseEvent(event, 'person'));
      expect(figuresOf(erased)).toEqual(figuresOf(events));
      const [before, after] = [foldTimeline(events), foldTimeline(erased)];
      expect(after.lastSeq).toBe(before.lastSeq);
      expect(handoffBrief(after).transcript).toHaveLength(handoffBrief(before).transcript.length);
      expect(shopCallLog(erased, 's')).toEqual(shopCallLog(events, 's'));
    },
  );

  test('[PRIV2] says nothing of what was said, nor of who called; our own people and verdicts stay', () => {
    const erased = JSON.stringify(CALLS.rich.map(event => eraseEvent(event, 'person')));
    expect(/Elena.*lamp/su.test(JSON.stringify(CALLS.rich))).toBe(true);
    expect(/Elena|Fischer|5550 142|lamp|4711/u.exec(erased)).toBeNull();
    expect(erased.includes('Maya Rossi')).toBe(true);
    expect(erased.includes('no-refund-promise')).toBe(true);
  });

  test('[PRIV2] text keeps its length and not where its words end', () => {
    expect(erasedText('')).toBe('');
    expect(erasedText('yes please, Anna')).toHaveLength(16);
    expect(erasedText('a b c d e f g h')).toBe(erasedText('abcdefghijklmno'));
  });

  test('[PRIV3] no event type has a text of which it is not said whether it goes', () => {
    for (const [type, schema] of Object.entries(CALL_EVENT_SCHEMAS)) {
      const event = marked(
        z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema,
        type,
      ) as CallEvent;
      const ours = OUR_TEXTS[type as CallEvent['type']] ?? [];
      const shown = shownFields(eraseEvent(event, 'person')).filter(
        field => !KEPT_FIELDS.has(field) && !ours.includes(field),
      );
      expect(shown, type).toEqual([]);
    }
  });

  test('[PRIV3] an event of an unknown type loses everything but its place', () => {
    const [event] = CALLS.stored;
    const strange = { ...event, type: 'caller.sang', song: 'MARK' } as unknown as CallEvent;
    expect(eraseEvent(strange, 'words')).toMatchObject({
      type: 'event.unreadable',
      ofType: 'caller.sang',
      seq: 0,
    });
    expect(JSON.stringify(eraseEvent(strange, 'words'))).not.toContain('MARK');
  });
});
