import type { CallId } from '#shared/domain/ids.ts';
import type { Actor } from '#shared/domain/roles.ts';
import type { CommandResult, SupervisionCommand } from '#shared/protocol/supervision.ts';
import type { Notice } from '#shared/protocol/notices.ts';

/**
 * What control asks of the running calls. Commands are already parsed, authorised and unique when they arrive here.
 * Rejects with `AppError`: `call.unknown`, `call.already-ended`, `chunk.*`, `lease.*`, `undo.too-late`, `media.refused`.
 */
export interface CallDesk {
  run(command: SupervisionCommand, actor: Actor): Promise<CommandResult>;
  /** The desk of this person is alive; called for each heartbeat. */
  beat(actor: Actor): void;
  /** This person has no desk connected any more. Leases are left to expire, so that a reload keeps the call. */
  gone(actor: Actor): void;
  openCalls(): readonly CallId[];
  onNotice(listener: (notice: Notice) => void): () => void;
}
