import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PersonQuery } from '#shared/domain/person-query.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { DeskBridge } from '#shared/ipc/desk-bridge.ts';
import type { PersonCall, ToldRetention } from '#shared/protocol/privacy.ts';

export interface PrivacyState {
  readonly retention: ToldRetention | null;
  /** Whom was looked for, and what there is; null before anybody was. */
  readonly found: { readonly person: PersonQuery; readonly calls: readonly PersonCall[] } | null;
  /** What became of the last erasure, in words. */
  readonly done: string;
}

export interface PrivacyStore {
  readonly state: StoreApi<PrivacyState>;
  /** Each resolves with why not. */
  load(): Promise<ErrorBody | null>;
  choose(profile: RetentionProfile): Promise<ErrorBody | null>;
  find(person: PersonQuery): Promise<ErrorBody | null>;
  /** @param save takes the JSON lines */
  exportFound(save: (jsonLines: string) => void): Promise<ErrorBody | null>;
  eraseFound(reason: string): Promise<ErrorBody | null>;
}

export function createPrivacyStore(bridge: DeskBridge): PrivacyStore {
  const state = createStore<PrivacyState>(() => ({ retention: null, found: null, done: '' }));
  return {
    state,
    async load() {
      const answer = await bridge.run('get-retention', {});
      if (!answer.ok) return answer.error;
      state.setState({ retention: answer.value });
      return null;
    },
    async choose(profile) {
      const answer = await bridge.run('choose-retention', { profile });
      if (!answer.ok) return answer.error;
      state.setState({ retention: answer.value });
      return null;
    },
    async find(person) {
      state.setState({ found: null, done: '' });
      const answer = await bridge.run('find-person', { person });
      if (!answer.ok) return answer.error;
      state.setState({ found: { person, calls: answer.value.calls } });
      return null;
    },
    async exportFound(save) {
      const { found } = state.getState();
      if (!found) return null;
      const answer = await bridge.run('export-person', { person: found.person });
      if (!answer.ok) return answer.error;
      save(answer.value.jsonLines);
      return null;
    },
    async eraseFound(reason) {
      const { found } = state.getState();
      if (!found) return null;
      const { person, calls } = found;
      const answer = await bridge.run('erase-person', { person, calls: calls.length, reason });
      if (!answer.ok) return answer.error;
      const { erased, ticketsElsewhere } = answer.value;
      const elsewhere = ticketsElsewhere.map(({ provider, ticketId }) => `${ticketId} at ${provider}`);
      state.setState({
        found: null,
        done: [
          erased === 1 ? 'One call is erased.' : `${erased} calls are erased.`,
          ...(elsewhere.length > 0 ? [`Delete there yourself: ${elsewhere.join(', ')}.`] : []),
        ].join(' '),
      });
      return null;
    },
  };
}
