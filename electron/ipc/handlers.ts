import { appError, errorCodeSchema } from '#shared/errors/app-error.ts';
import type { CommandHandlers, ParsedArgs, Settings, Value } from '#shared/ipc/commands.ts';
import { accountHandlers } from './account-handlers.ts';
import { privacyHandlers } from './privacy-handlers.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';

/** What the renderer may ask of this desk. A command without an entry here does not compile. */
export function createHandlers(core: DeskCore, host: Value<'get-desk'>['host']): CommandHandlers {
  return {
    ...accountHandlers(core),
    ...privacyHandlers(core),
    'get-desk': () => {
      const { user } = core;
      const link = core.link.state;
      if (!user) {
        const parsed = errorCodeSchema.safeParse(link.name === 'lost' ? link.code : null);
        return Promise.reject(
          appError(
            parsed.success ? parsed.data : 'worker.unreachable',
            link.name === 'lost' ? link.message : 'The worker is still starting.',
            { origin: 'electron', retryable: true },
          ),
        );
      }
      return Promise.resolve({
        host,
        user,
        link,
        settings: core.settings.settings,
        hasAccount: core.hasAccount,
      });
    },
    'supervise-call': args => core.supervise(args),
    'get-call-events': async ({ callId, afterSeq }) => ({ events: await core.callEvents(callId, afterSeq) }),
    'get-audio-way': ({ callId, direction }) => core.audioWay(callId, direction),
    'list-calls': async query => ({ calls: await core.listCalls(query) }),
    'get-figures': window => core.figures(window),
    'save-settings': change => Promise.resolve(core.settings.save(given(change))),
  };
}

/** Only what was sent is a change. */
function given(change: ParsedArgs<'save-settings'>): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
