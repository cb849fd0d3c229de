import { appError, errorCodeSchema } from '#shared/errors/app-error.ts';
import type { CommandHandlers, ParsedArgs, Settings, Value } from '#shared/ipc/commands.ts';
import { accountHandlers } from './account-handlers.ts';
import { privacyHandlers } from './privacy-handlers.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { archiveHandlers } from './archive-handlers.ts';
import { callHandlers } from './call-handlers.ts';
import { knowledgeHandlers } from './knowledge-handlers.ts';
import { noteHandlers } from './note-handlers.ts';

/** What the renderer may ask of this desk. A command without an entry here does not compile. */
export function createHandlers(
  core: DeskCore,
  host: Value<'get-desk'>['host'],
  data: DeskData,
): CommandHandlers {
  return {
    ...accountHandlers(core, data),
    ...privacyHandlers(core),
    'get-desk': async () => {
      // Without its worker a desk opens for who used it last (DST40).
      const user = core.user ?? (await data.store.people.last().catch(() => null));
      const link = core.link.state;
      if (!user) {
        const parsed = errorCodeSchema.safeParse(link.name === 'lost' ? link.code : null);
        throw appError(
          parsed.success ? parsed.data : 'worker.unreachable',
          link.name === 'lost' ? link.message : 'The worker is still starting.',
          { origin: 'electron', retryable: true },
        );
      }
      return { host, user, link, settings: core.settings.settings, hasAccount: core.hasAccount };
    },
    'supervise-call': args => core.supervise(args),
    'get-audio-way': ({ callId, direction }) => core.audioWay(callId, direction),
    'place-call': async request => ({ callId: await core.placeCall(request) }),
    'get-figures': window => core.figures(window),
    ...callHandlers(core, data),
    ...archiveHandlers(core, data),
    ...knowledgeHandlers(core, data),
    ...noteHandlers(core, data),
    'save-settings': change => Promise.resolve(core.settings.save(given(change))),
  };
}

/** Only what was sent is a change. */
function given(change: ParsedArgs<'save-settings'>): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
