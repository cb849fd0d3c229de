import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { INTENTS } from '#shared/domain/call.ts';
import type { CallId, OrgId, TurnId } from '#shared/domain/ids.ts';
import type { CallEventDraft } from '#shared/events/call-event.ts';
import { ALLOWED_TOOLS } from '#worker/lanes/control/judge-intent.ts';
import { defineTool } from '#worker/tools/tool-definition.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';
import { wantedTools } from '#worker/tools/wanted-tools.ts';
import { createVirtualClock } from '#tests/fakes/virtual-clock.ts';
import { toolContext } from '#tests/fakes/tool-context.ts';
import { briefTurn } from './turn-brief.ts';

const NAMES = [...new Set([...Object.values(ALLOWED_TOOLS).flat(), 'delete_everything'])];
const WORDS = [
  'order',
  '4711',
  'where is',
  'open a ticket',
  'opening hours',
  'address',
  'real person',
  'repair',
  'bike',
  'ready',
  'services do you offer',
  'file a complaint',
  'x',
];

/** Every tool there is, taking anything, and telling when it runs. */
function recorder(twoPerson: readonly string[] = []) {
  const ran: string[] = [];
  const tools = NAMES.map(name =>
    defineTool({
      name,
      description: name,
      effect: name === 'create_ticket' ? 'changes' : 'reads',
      input: z.any(),
      output: z.any(),
      facts: () => [],
      run: () => Promise.resolve(void ran.push(name)),
    }),
  );
  return { ran, registry: new ToolRegistry(tools, twoPerson) };
}

test('[TOOL22] whatever a caller says and whatever is asked for, only tools of the judged intent run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }),
      fc.string(),
      fc.boolean(),
      async (words, noise, isDraft) => {
        const { ran, registry } = recorder();
        const written: CallEventDraft[] = [];
        const clock = createVirtualClock();
        await briefTurn(
          {
            knowledge: () => ({ snapshotId: 's', search: () => [] }),
            tools: registry,
            callId: 'call' as CallId,
            orgId: 'org' as OrgId,
            caller: () => ({ name: 'x', phone: null }),
            approvals: { request: () => expect.unreachable() },
            clock,
            newId: () => 'id',
            append: draft => void written.push(draft),
          },
          {
            turnId: 'turn' as TurnId,
            text: [...words, noise].join(' '),
            history: [],
            notes: [],
            signal: new AbortController().signal,
            effects: isDraft ? 'reads' : 'all',
          },
        );
        const judged = written.find(draft => draft.type === 'intent.judged');
        const allowed = judged?.type === 'intent.judged' ? judged.allowedTools : [];
        expect(allowed).toEqual(ALLOWED_TOOLS[judged?.type === 'intent.judged' ? judged.intent : 'UNKNOWN']);
        for (const tool of ran) expect(allowed).toContain(tool);
        if (isDraft) expect(ran).not.toContain('create_ticket');
      },
    ),
  );
});

test('[TOOL22] what is wanted for an intent is what the intent allows, and nothing else can be had with it', async () => {
  for (const intent of INTENTS) {
    for (const text of ['order 4711', 'is my bike ready', 'open a ticket', ''])
      for (const { tool } of wantedTools(intent, text, [])) expect(ALLOWED_TOOLS[intent]).toContain(tool);
    const { ran, registry } = recorder();
    for (const name of NAMES)
      await registry.run(
        name,
        {},
        {
          allowed: ALLOWED_TOOLS[intent],
          effects: 'all',
          approvedBy: [],
          context: toolContext(),
          deadlineMs: 10,
          signal: new AbortController().signal,
          clock: createVirtualClock(),
          newId: () => 'id',
        },
      );
    expect(ran.sort()).toEqual([...ALLOWED_TOOLS[intent]].sort());
  }
});

test('[TOOL43] an answer does not wait for people: the tool is pending, and is asked for', async () => {
  const { ran, registry } = recorder(['create_ticket']);
  const asked: string[] = [];
  const request = await briefTurn(
    {
      knowledge: () => ({ snapshotId: 's', search: () => [] }),
      tools: registry,
      callId: 'call' as CallId,
      orgId: 'org' as OrgId,
      caller: () => ({ name: 'x', phone: null }),
      approvals: {
        request: call => {
          asked.push(call.tool);
          return { toolCallId: 'a', tool: call.tool, status: 'pending', facts: [] };
        },
      },
      clock: createVirtualClock(),
      newId: () => 'id',
      append: () => undefined,
    },
    {
      turnId: 'turn' as TurnId,
      text: 'Please open a ticket.',
      history: [],
      notes: [],
      signal: new AbortController().signal,
      effects: 'all',
    },
  );
  expect(request.tools).toMatchObject([{ tool: 'create_ticket', status: 'pending' }]);
  expect(asked).toEqual(['create_ticket']);
  expect(ran).toEqual([]);
});
