import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { privacyCommands } from '#shared/ipc/privacy-commands.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import { privacyApi } from '#electron/core/privacy-api.ts';

/** The commands of `privacy-commands.ts`. */
export function privacyHandlers(core: DeskCore): Pick<CommandHandlers, keyof typeof privacyCommands> {
  return {
    'get-retention': () => core.ask(privacyApi.retention()),
    'choose-retention': wish => core.ask(privacyApi.choose(wish)),
    'find-person': wish => core.ask(privacyApi.find(wish)),
    'export-person': wish => core.ask(privacyApi.export(wish)),
    'erase-person': wish => core.ask(privacyApi.erase(wish)),
  };
}
