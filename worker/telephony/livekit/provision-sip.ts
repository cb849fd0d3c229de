import { readFileSync } from 'node:fs';
import { ServerError } from 'livekit-server-sdk';
import { sipConfigSchema, type SipConfig, type TransferWays } from '#shared/config/sip-config.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { LineNames } from './ring-of-room.ts';
import { planSip, sipWishes, type SipStep } from './sip-plan.ts';
import type { SipServer } from './sip-server.ts';

export interface ProvisionedSip {
  /** Our trunk for calls that we make; `null` where there is none. */
  readonly outboundTrunkId: string | null;
  readonly lines: LineNames;
  readonly transfers: TransferWays;
  /** What was done, in order, for the log. */
  readonly steps: readonly SipStep['do'][];
}

/** Reads the SIP file. Throws `input.invalid` with what is wrong where (SIP52). */
export function readSipConfig(file: string): SipConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { body } = appError('input.invalid', `The SIP file cannot be read as JSON: ${file}`);
    throw new AppError(body, { cause });
  }
  const parsed = sipConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`);
  throw appError('input.invalid', `The SIP file is not right. ${where.join('; ')}`);
}

/**
 * Makes the trunks and rules of the file at the server (SIP50). Safe to run at every start, also of several workers one after the
 * other. Errors: `input.invalid`, `telephony.refused`, `telephony.unreachable` (retryable).
 */
export async function provisionSip(
  config: SipConfig,
  server: SipServer,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProvisionedSip> {
  const wishes = sipWishes(config, name => {
    const value = environment[name.slice(1)];
    if (value === undefined || value === '')
      throw appError('input.invalid', `The environment variable ${name.slice(1)} is not set.`);
    return value;
  });
  try {
    const steps = planSip(wishes, await server.have(), wish => server.markOf(wish));
    let outboundTrunkId: string | null = null;
    for (const step of steps) {
      const id = await take(step, server);
      if (step.do !== 'remove' && step.wish.part === 'outbound') outboundTrunkId = id;
    }
    const lines = Object.fromEntries(config.lines.map(({ number, name }) => [number, name]));
    return { outboundTrunkId, lines, transfers: config.transfers, steps: steps.map(step => step.do) };
  } catch (error) {
    throw toSipError(error);
  }
}

async function take(step: SipStep, server: SipServer): Promise<string> {
  switch (step.do) {
    case 'create':
      return server.put(step.wish, null);
    case 'replace':
      return server.put(step.wish, step.id);
    case 'keep':
      return step.id;
    case 'remove':
      await server.remove(step.kind, step.id);
      return step.id;
  }
}

/** SIP53. */
function toSipError(cause: unknown): AppError {
  const { body } = sipError(cause);
  return new AppError(body, { cause });
}

function sipError(cause: unknown): AppError {
  if (cause instanceof ServerError) {
    if (cause.status === 401 || cause.status === 403)
      return appError('telephony.refused', 'The LiveKit server does not take our key for SIP.');
    // The server says so with a status of its own fault.
    if (cause.message.includes('redis'))
      return appError('telephony.refused', 'The LiveKit server has no Redis, without which it does no SIP.');
    if (cause.status >= 400 && cause.status < 500)
      return appError(
        'input.invalid',
        'The LiveKit server refuses the trunks of the SIP file; a number may be on another trunk.',
      );
  }
  return appError('telephony.unreachable', 'The LiveKit server does not answer about SIP.', {
    retryable: true,
  });
}
