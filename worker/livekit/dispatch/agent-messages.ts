import {
  AvailabilityResponse,
  JobStatus,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from '@livekit/protocol';
import { AI_IDENTITY } from '#shared/domain/rooms.ts';
import { AGENT_NAME } from '../room-server.ts';

export type AgentMessage = WorkerMessage['message'];

/**
 * Messages of LiveKit's public agent protocol, as a host sends them. Source: `livekit_agent.proto` of `@livekit/protocol` 1.52.1;
 * what the server makes of them was read in livekit-server 1.13.5 (`pkg/agent/worker.go`, `pkg/service/agentservice.go`).
 */
export const agentMessages = {
  register: (): AgentMessage => ({
    case: 'register',
    value: new RegisterWorkerRequest({
      type: JobType.JT_ROOM,
      agentName: AGENT_NAME,
      version: '1',
      allowedPermissions: new ParticipantPermission({
        canSubscribe: true,
        canPublish: true,
        canPublishData: true,
        canUpdateMetadata: true,
        agent: true,
      }),
    }),
  }),
  /** @param load 0 to 1; a host is drawn by lot, weighted with what is left to 1 */
  status: (isFull: boolean, load: number, jobCount: number): AgentMessage => ({
    case: 'updateWorker',
    value: new UpdateWorkerStatus({
      status: isFull ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE,
      load,
      jobCount,
    }),
  }),
  /** Silence here loses the dispatch after 10 s; a no sends it to another host at once. */
  availability: (jobId: string, available: boolean): AgentMessage => ({
    case: 'availability',
    value: new AvailabilityResponse({
      jobId,
      available,
      ...(available ? { participantIdentity: AI_IDENTITY, participantName: 'AI' } : {}),
    }),
  }),
  job: (jobId: string, status: 'running' | 'success' | 'failed'): AgentMessage => ({
    case: 'updateJob',
    value: new UpdateJobStatus({ jobId, status: JOB_STATUS[status] }),
  }),
  ping: (nowMs: number): AgentMessage => ({
    case: 'ping',
    value: new WorkerPing({ timestamp: BigInt(Math.round(nowMs)) }),
  }),
};

const JOB_STATUS = {
  running: JobStatus.JS_RUNNING,
  success: JobStatus.JS_SUCCESS,
  failed: JobStatus.JS_FAILED,
} as const;

export const encodeAgentMessage = (message: AgentMessage): Uint8Array =>
  new WorkerMessage({ message }).toBinary();

/** @returns null for what is no message of the protocol */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage['message'] | null {
  try {
    return ServerMessage.fromBinary(bytes).message;
  } catch {
    return null;
  }
}
