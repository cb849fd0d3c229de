import { AccessToken } from 'livekit-server-sdk';
import { WebSocket, type RawData } from 'ws';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import type { LivekitAccess } from '../livekit-access.ts';
import {
  agentMessages,
  decodeServerMessage,
  encodeAgentMessage,
  type AgentMessage,
} from './agent-messages.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

const PING_EVERY_MS = 5000;
const SILENT_LIMIT_MS = 15_000;

export type AgentSocketState =
  | { readonly name: 'connecting' }
  | { readonly name: 'registered'; readonly workerId: string }
  /** Not connected; tried again. `reason` is for the log. */
  | { readonly name: 'away'; readonly reason: string };

export type ServerAsks = Exclude<NonNullable<ReturnType<typeof decodeServerMessage>>, { case: undefined }>;

export interface AgentSocketOptions {
  readonly access: LivekitAccess;
  readonly clock: Clock;
  /** 0 to 1 */
  readonly random: () => number;
  readonly onState: (state: AgentSocketState) => void;
  readonly onAsked: (message: ServerAsks) => void;
}

export interface AgentSocket {
  /** Dropped while not registered: the server would not know what it is about. */
  send(message: AgentMessage): void;
  close(): void;
}

/** A registration with LiveKit that is made anew, for ever, whenever it is lost. */
export function openAgentSocket(options: AgentSocketOptions): AgentSocket {
  const { access, clock, random, onState, onAsked } = options;
  let socket: WebSocket | null = null;
  let isRegistered = false;
  let isClosed = false;
  let failures = 0;
  let cancelTimer: Cancel = () => undefined;

  const lost = (of: WebSocket | null, reason: string): void => {
    if (isClosed || of !== socket) return;
    socket = null;
    isRegistered = false;
    of?.terminate();
    cancelTimer();
    onState({ name: 'away', reason });
    cancelTimer = clock.after(reconnectDelayMs(failures, random()), () => void connect());
    failures += 1;
  };

  const connect = async (): Promise<void> => {
    onState({ name: 'connecting' });
    const authorization = `Bearer ${await agentToken(access)}`;
    if (isClosed) return;
    const opened = new WebSocket(new URL('/agent', access.url), { headers: { authorization } });
    socket = opened;
    let heardMono = clock.mono();
    const watch = (): void => {
      if (clock.mono() - heardMono > SILENT_LIMIT_MS) return lost(opened, 'the server is silent');
      if (isRegistered) opened.send(encodeAgentMessage(agentMessages.ping(clock.now())));
      cancelTimer = clock.after(PING_EVERY_MS, watch);
    };
    cancelTimer = clock.after(PING_EVERY_MS, watch);
    opened.on('open', () => opened.send(encodeAgentMessage(agentMessages.register())));
    opened.on('error', error => lost(opened, error.message));
    opened.on('close', (code: number) => lost(opened, `closed with ${String(code)}`));
    opened.on('message', (data: RawData) => {
      if (opened !== socket) return;
      heardMono = clock.mono();
      const message = decodeServerMessage(bytesOf(data));
      if (message === null || message.case === undefined) return;
      if (message.case === 'register') {
        isRegistered = true;
        failures = 0;
        onState({ name: 'registered', workerId: message.value.workerId });
      } else onAsked(message);
    });
  };
  void connect();

  return {
    send: message => {
      if (isRegistered && socket?.readyState === WebSocket.OPEN) socket.send(encodeAgentMessage(message));
    },
    close: () => {
      isClosed = true;
      cancelTimer();
      socket?.close();
    },
  };
}

function agentToken({ apiKey, apiSecret }: LivekitAccess): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { ttl: '10m' });
  token.addGrant({ agent: true });
  return token.toJwt();
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
