import type { CallId } from '#shared/domain/ids.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { Answer } from '#shared/ipc/commands.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { SupervisionVerb } from '#shared/protocol/supervision.ts';
import type { UiStore } from './ui-store.ts';

export type Supervise = (
  callId: CallId,
  verb: SupervisionVerb,
  args?: Readonly<Record<string, unknown>>,
) => Promise<Answer<'supervise-call'>>;

/** Sends one command with a key of its own; while it is under way its verb is `pending`, and a failure is told. */
export function createSupervise(bridge: DeskBridge, ui: UiStore, newId: () => string): Supervise {
  return async (callId, verb, args = {}) => {
    ui.setState(state => ({ pending: [...state.pending, verb] }));
    const answer = await bridge.run('supervise-call', { callId, commandId: newId(), verb, args });
    ui.setState(state => ({ pending: withoutFirst(state.pending, verb) }));
    if (!answer.ok) tellError(ui, answer.error);
    return answer;
  };
}

let lastToastId = 0;

export function tell(ui: UiStore, text: string): void {
  lastToastId += 1;
  ui.setState({ toast: { id: lastToastId, tone: 'plain', text, code: null } });
}

/** Says what was done, with a button that takes it back. */
export function tellUndo(ui: UiStore, text: string, undo: () => void): void {
  lastToastId += 1;
  ui.setState({ toast: { id: lastToastId, tone: 'plain', text, code: null, undo } });
}

export function tellError(ui: UiStore, error: ErrorBody): void {
  lastToastId += 1;
  ui.setState({ toast: { id: lastToastId, tone: 'bad', text: error.message, code: error.code } });
}

function withoutFirst(pending: readonly string[], verb: string): readonly string[] {
  const at = pending.indexOf(verb);
  return at < 0 ? pending : pending.toSpliced(at, 1);
}
