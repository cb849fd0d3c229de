import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CALL_EVENT_SCHEMAS } from '#shared/events/call-event.ts';
import { commands } from '#shared/ipc/commands.ts';
import { deskNotices } from '#shared/ipc/notices.ts';
import { streams } from '#shared/ipc/streams.ts';
import { noticeSchema } from '#shared/protocol/notices.ts';
import { clientMessageSchema, PROTOCOL_VERSION, workerMessageSchema } from '#shared/protocol/stream.ts';
import { SUPERVISION_VERBS } from '#shared/protocol/supervision.ts';

const shape = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { unrepresentable: 'any' });
const shapes = (record: Readonly<Record<string, z.ZodType>>): unknown =>
  Object.entries(record).map(([name, schema]) => [name, shape(schema)]);

/** Everything that crosses a process, in one string. */
function contract(): string {
  return JSON.stringify([
    PROTOCOL_VERSION,
    shapes(CALL_EVENT_SCHEMAS),
    shapes(SUPERVISION_VERBS),
    shape(clientMessageSchema),
    shape(workerMessageSchema),
    shape(noticeSchema),
    shapes(deskNotices),
    Object.entries(commands).map(([name, { args, result, fails }]) => [
      name,
      shape(args),
      shape(result),
      fails,
    ]),
    Object.entries(streams).map(([name, { args, down }]) => [name, shape(args), shape(down)]),
  ]);
}

test('[IPC2] the contract is the recorded one', () => {
  const hash = createHash('sha256').update(contract()).digest('hex');
  const recorded = JSON.parse(readFileSync(new URL('protocol-hash.json', import.meta.url), 'utf8')) as {
    hash: string;
  };
  expect(
    hash,
    'The wire contract changed. If an older reader could misread it, raise PROTOCOL_VERSION; then record this hash in tests/arch/protocol-hash.json.',
  ).toBe(recorded.hash);
});
