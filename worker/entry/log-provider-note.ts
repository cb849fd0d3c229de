import { assertNever } from '#shared/base/assert-never.ts';
import type { ProviderNote } from '#worker/models/providers/provider-note.ts';
import type { Logger } from './log.ts';

/** One line per note; a switch carries the code of what failed (PRO24), a use what it costs (PRO16). */
export function logProviderNote(log: Logger, note: ProviderNote): void {
  switch (note.type) {
    case 'switched':
      log.warn(note, 'a provider failed; another is in use');
      return;
    case 'recovered':
      log.info(note, 'a provider is in use again');
      return;
    case 'used':
      log.info(note, 'a provider was used');
      return;
    case 'contained':
      log.error(note, 'a client library failed where nobody could catch it; calls go on');
      return;
    default:
      assertNever(note, 'provider note');
  }
}
