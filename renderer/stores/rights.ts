import { VERB_CAPABILITY, type SupervisionVerb } from '#shared/protocol/supervision.ts';
import type { DeskState } from './desk-store.ts';

/** Whether to show a control. The worker decides again, every time. */
export function mayDo(desk: DeskState, verb: SupervisionVerb): boolean {
  return desk.name === 'ready' && desk.user.capabilities.includes(VERB_CAPABILITY[verb]);
}
