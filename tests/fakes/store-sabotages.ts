import type { Store } from '#worker/store/store.ts';

/** Ways a store can lie, and the rule that must notice. */
export const STORE_SABOTAGES: readonly {
  readonly name: string;
  readonly breaks: string;
  readonly bend: (store: Store) => Partial<Store>;
}[] = [
  {
    name: 'loses the last entry of a group',
    breaks: 'AUD2',
    bend: store => ({ append: entries => store.append(entries.slice(0, -1)) }),
  },
  { name: 'writes entries one by one', breaks: 'AUD2', bend: store => ({ append: async entries => { for (const entry of entries) await store.append([entry]); } }) }, // prettier-ignore
  {
    name: 'shows calls of other orgs',
    breaks: 'AUD3',
    bend: store => ({ conversation: (_org, callId) => store.conversation('org-1' as never, callId) }),
  },
  {
    name: 'counts calls of other orgs',
    breaks: 'MET7',
    bend: store => ({ figures: (_org, window) => store.figures('org-1' as never, window) }),
  },
  { name: 'forgets open calls', breaks: 'AUD10', bend: () => ({ openCalls: () => Promise.resolve([]) }) },
  {
    name: 'gives a lease to everybody',
    breaks: 'SUP11',
    bend: () => ({
      acquireLease: (callId, holder, _now, expiresAtMs) =>
        Promise.resolve({ callId, holder, generation: 1, expiresAtMs }),
    }),
  },
  {
    name: 'shows tickets of other orgs',
    breaks: 'TIC5',
    bend: store => ({ ticket: (_org, ref) => store.ticket('org-1' as never, ref) }),
  },
  { name: 'loses tool calls', breaks: 'TOOL25', bend: () => ({ recordToolCall: () => Promise.resolve() }) },
  {
    name: 'loses where a recording lies',
    breaks: 'HOOK4',
    bend: store => ({
      recordRoomEvent: event => store.recordRoomEvent({ ...event, recordingUrl: null }),
    }),
  },
  {
    name: 'counts an event again that comes again',
    breaks: 'HOOK4',
    bend: store => ({
      recordRoomEvent: async event => {
        await store.recordRoomEvent(event);
        return true;
      },
    }),
  },
  {
    name: 'shows consultations of other orgs',
    breaks: 'HOOK6',
    bend: store => ({ consultations: (_org, query) => store.consultations('org-1' as never, query) }),
  },
  {
    name: 'deletes nothing and hides nothing',
    breaks: 'HOOK6',
    bend: () => ({ archiveConsultation: org => Promise.resolve(org === 'org-1') }),
  },
  {
    name: 'keeps the last answer',
    breaks: 'API12',
    bend: () => ({ commandAnswer: () => Promise.resolve('"second"') }),
  },
  {
    name: 'finds calls of other orgs',
    breaks: 'ARC4',
    bend: store => ({ searchArchive: (_org, query) => store.searchArchive('org-1' as never, query) }),
  },
  {
    name: 'looks for words only',
    breaks: 'ARC2',
    bend: store => ({ searchArchive: (org, query) => store.searchArchive(org, { ...query, had: '' }) }),
  },
];
