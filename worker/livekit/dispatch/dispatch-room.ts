import { AgentDispatchClient } from 'livekit-server-sdk';
import { AppError } from '#shared/errors/app-error.ts';
import { apiUrl, type LivekitAccess } from '../livekit-access.ts';
import { AGENT_NAME } from './agent-messages.ts';

/**
 * Asks LiveKit to give this room to one of our hosts; the room is made if there is none. That it was asked does not mean that a
 * host has it (`DispatchWatch`). @param metadata JSON of a `RoomNote`, or empty. Errors: `media.unreachable`, retryable.
 */
export async function dispatchRoom(access: LivekitAccess, roomName: string, metadata: string): Promise<void> {
  const client = new AgentDispatchClient(apiUrl(access), access.apiKey, access.apiSecret);
  await client.createDispatch(roomName, AGENT_NAME, { metadata }).catch((cause: unknown) => {
    throw new AppError(
      {
        code: 'media.unreachable',
        message: 'LiveKit did not take the call.',
        retryable: true,
        origin: 'worker',
      },
      { cause },
    );
  });
}
