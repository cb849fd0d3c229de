import { assertNever } from '#shared/base/assert-never.ts';
import type { Scenario, ScenarioNode, ScenarioStep, ScenarioTrigger } from './scenario.ts';

/** Where a scripted caller is. Times are milliseconds of the stub's clock. */
export interface ScenarioState {
  readonly node: string;
  readonly enteredAt: number;
  /** Index of the next step of the node. */
  readonly step: number;
  readonly busy: { readonly with: 'clip' } | { readonly with: 'pause'; readonly until: number } | null;
  /** All steps done: the moment from which the caller waits. */
  readonly waitingSince: number | null;
  /** What the AI was heard to say since the node began. */
  readonly aiText: string;
  readonly ai: { readonly sounding: boolean; readonly since: number } | null;
  readonly aiCut: boolean;
  readonly human: { readonly sounding: boolean; readonly since: number } | null;
  readonly ended: boolean;
}

export type ScenarioInput =
  | { readonly type: 'connected' | 'wake' | 'clip-finished' }
  | { readonly type: 'ai-heard'; readonly text: string; readonly ended: 'complete' | 'cut' | null }
  | { readonly type: 'human'; readonly started: boolean };

export type ScenarioEffect =
  | { readonly do: 'say'; readonly clip: string }
  | { readonly do: 'press'; readonly digit: string }
  | { readonly do: 'hang-up' }
  | { readonly do: 'transfer'; readonly target: string }
  | { readonly do: 'fail'; readonly code: string }
  | { readonly do: 'wake-at'; readonly atMs: number };

export type ScenarioMove = readonly [next: ScenarioState, effects: readonly ScenarioEffect[]];

export function startOf(scenario: Scenario, nowMs: number): ScenarioState {
  return enter(scenario.start, nowMs, null);
}

/**
 * One step of a scripted caller. Pure: the same scenario, inputs and times give the same caller, so a run repeats by seed
 * (TEL20). Total: a caller that has ended does nothing more.
 */
export function stepScenario(
  scenario: Scenario,
  state: ScenarioState,
  input: ScenarioInput,
  nowMs: number,
): ScenarioMove {
  if (state.ended) return [state, []];
  let next = hear(state, input, nowMs);
  const effects: ScenarioEffect[] = [];
  // Each round does a step or enters a node; a script that loops without waiting is stopped by its own clips and pauses.
  for (let round = 0; round < 100; round += 1) {
    const node = scenario.nodes[next.node];
    if (!node) throw new Error(`scenario ${scenario.id} has no node ${next.node}`);
    if (next.busy?.with === 'pause' && nowMs >= next.busy.until) next = { ...next, busy: null };
    if (next.busy) break;
    const step = node.do[next.step];
    if (step) {
      next = act(next, step, nowMs, effects);
      if (next.ended) return [next, effects];
      continue;
    }
    next = next.waitingSince === null ? { ...next, waitingSince: nowMs } : next;
    const go = due(scenario, node, next, nowMs);
    if (go === null) break;
    next = enter(go, nowMs, next);
  }
  const wakeAt = nextWake(scenario, next);
  return [next, wakeAt === null ? effects : [...effects, { do: 'wake-at', atMs: Math.max(nowMs, wakeAt) }]];
}

function enter(node: string, nowMs: number, from: ScenarioState | null): ScenarioState {
  return {
    node,
    enteredAt: nowMs,
    step: 0,
    busy: null,
    waitingSince: null,
    aiText: '',
    // Who is speaking goes on speaking; what was said before belongs to the node before.
    ai: from?.ai?.sounding ? from.ai : null,
    aiCut: false,
    human: from?.human?.sounding ? from.human : null,
    ended: false,
  };
}

function hear(state: ScenarioState, input: ScenarioInput, nowMs: number): ScenarioState {
  switch (input.type) {
    case 'connected':
    case 'wake':
      return state;
    case 'clip-finished':
      return state.busy?.with === 'clip' ? { ...state, busy: null } : state;
    case 'ai-heard': {
      if (input.ended === null)
        return state.ai?.sounding ? state : { ...state, ai: { sounding: true, since: nowMs } };
      const said = input.ended === 'complete' ? `${state.aiText} ${input.text}` : state.aiText;
      return {
        ...state,
        aiText: said,
        aiCut: state.aiCut || input.ended === 'cut',
        ai: { sounding: false, since: nowMs },
      };
    }
    case 'human':
      return { ...state, human: { sounding: input.started, since: nowMs } };
    default:
      return assertNever(input, 'scenario input');
  }
}

function act(
  state: ScenarioState,
  step: ScenarioStep,
  nowMs: number,
  effects: ScenarioEffect[],
): ScenarioState {
  const next = { ...state, step: state.step + 1 };
  if ('say' in step) {
    effects.push({ do: 'say', clip: step.say });
    return { ...next, busy: { with: 'clip' } };
  }
  if ('pauseMs' in step) return { ...next, busy: { with: 'pause', until: nowMs + step.pauseMs } };
  if ('press' in step) {
    effects.push({ do: 'press', digit: step.press });
    return next;
  }
  if ('transfer' in step) {
    effects.push({ do: 'transfer', target: step.transfer });
    return next;
  }
  effects.push('fail' in step ? { do: 'fail', code: step.fail } : { do: 'hang-up' });
  return { ...next, ended: true };
}

function due(scenario: Scenario, node: ScenarioNode, state: ScenarioState, nowMs: number): string | null {
  for (const trigger of triggersOf(scenario, node)) {
    const at = dueAt(trigger, state);
    if (at !== null && nowMs >= at) return trigger.go;
  }
  return null;
}

/** A person of ours is listened to in every node. */
function triggersOf(scenario: Scenario, node: ScenarioNode): readonly ScenarioTrigger[] {
  if (scenario.onHuman === undefined || node.then.some(trigger => trigger.on === 'human-quiet'))
    return node.then;
  return [{ on: 'human-quiet', ms: 900, go: scenario.onHuman }, ...node.then];
}

/** When the trigger fires if nothing else happens; `null`: not as things stand. */
function dueAt(trigger: ScenarioTrigger, state: ScenarioState): number | null {
  const waitingSince = state.waitingSince ?? Number.POSITIVE_INFINITY;
  switch (trigger.on) {
    case 'ai-quiet': {
      if (state.aiText === '' || !state.ai || state.ai.sounding) return null;
      if (trigger.match !== undefined && !new RegExp(trigger.match, 'iu').test(state.aiText)) return null;
      return Math.max(state.ai.since, waitingSince) + trigger.ms;
    }
    case 'ai-speaking':
      return state.ai?.sounding ? state.ai.since + trigger.ms : null;
    case 'ai-cut':
      return state.aiCut ? waitingSince : null;
    case 'human-quiet':
      return state.human && !state.human.sounding
        ? Math.max(state.human.since, waitingSince) + trigger.ms
        : null;
    case 'timeout':
      return waitingSince + trigger.ms;
    default:
      return assertNever(trigger, 'scenario trigger');
  }
}

function nextWake(scenario: Scenario, state: ScenarioState): number | null {
  if (state.busy?.with === 'pause') return state.busy.until;
  if (state.busy) return null;
  const node = scenario.nodes[state.node];
  const times = node
    ? triggersOf(scenario, node)
        .map(trigger => dueAt(trigger, state))
        .filter(at => at !== null && Number.isFinite(at))
    : [];
  return times.length === 0 ? null : Math.min(...(times as number[]));
}
