import { z } from 'zod';

const ms = z.number().int().nonnegative().max(120_000);

/** One thing a scripted caller does. */
export const scenarioStepSchema = z.union([
  z.strictObject({ say: z.string() }),
  z.strictObject({ press: z.string().regex(/^[0-9*#A-D]$/) }),
  z.strictObject({ pauseMs: ms }),
  z.strictObject({ hangUp: z.literal(true) }),
  z.strictObject({ transfer: z.string() }),
  z.strictObject({ fail: z.string() }),
]);
export type ScenarioStep = z.infer<typeof scenarioStepSchema>;

/** What makes a caller go on. The first one in the list that is due wins. */
export const scenarioTriggerSchema = z.discriminatedUnion('on', [
  /** The AI has said something since the node began and has been quiet for `ms`; `match` is searched in all of it. */
  z.strictObject({
    on: z.literal('ai-quiet'),
    ms: ms.default(700),
    match: z.string().optional(),
    go: z.string(),
  }),
  /** The AI has been speaking for `ms`: the caller cuts in. */
  z.strictObject({ on: z.literal('ai-speaking'), ms, go: z.string() }),
  /** The AI stopped because the caller spoke over it. */
  z.strictObject({ on: z.literal('ai-cut'), go: z.string() }),
  /** A person of ours has spoken and been quiet for `ms`. */
  z.strictObject({ on: z.literal('human-quiet'), ms: ms.default(900), go: z.string() }),
  z.strictObject({ on: z.literal('timeout'), ms, go: z.string() }),
]);
export type ScenarioTrigger = z.infer<typeof scenarioTriggerSchema>;

export const scenarioNodeSchema = z.strictObject({
  do: z.array(scenarioStepSchema).min(1),
  then: z.array(scenarioTriggerSchema).default([]),
});
export type ScenarioNode = z.infer<typeof scenarioNodeSchema>;

/** A scripted caller: who calls, what they say, and what they do next, depending on what they hear. */
export const scenarioSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    caller: z.strictObject({ name: z.string().nullable(), number: z.string().nullable() }),
    line: z.string(),
    voice: z.enum(['rms', 'awb', 'kal16']),
    earlyMedia: z.boolean().default(false),
    /** Gives up while it still rings, after this long. */
    abandonsMs: ms.optional(),
    clips: z.record(z.string(), z.string().min(1)),
    start: z.string(),
    /** Where the caller goes on when a person of ours has spoken and the node does not say. */
    onHuman: z.string().optional(),
    nodes: z.record(z.string(), scenarioNodeSchema),
  })
  .superRefine((scenario, context) => {
    const names = [
      scenario.start,
      ...(scenario.onHuman === undefined ? [] : [scenario.onHuman]),
      ...Object.values(scenario.nodes).flatMap(node => node.then.map(trigger => trigger.go)),
    ];
    for (const name of names)
      if (!(name in scenario.nodes))
        context.addIssue({ code: 'custom', message: `no node is called ${name}` });
    for (const [name, node] of Object.entries(scenario.nodes)) {
      for (const step of node.do)
        if ('say' in step && !(step.say in scenario.clips))
          context.addIssue({ code: 'custom', message: `no clip is called ${step.say}` });
      const last = node.do.at(-1);
      const ends = last !== undefined && ('hangUp' in last || 'fail' in last);
      if (!ends && !node.then.some(trigger => trigger.on === 'timeout'))
        context.addIssue({ code: 'custom', message: `${name} can wait for ever: it needs a timeout` });
    }
  });
export type Scenario = z.infer<typeof scenarioSchema>;
