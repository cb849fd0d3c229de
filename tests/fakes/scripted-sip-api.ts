import { ServerError, SipCallError } from 'livekit-server-sdk';
import type { DialRequest, SipApi } from '#worker/telephony/livekit/sip-api.ts';

/** How the server answers when a phone does, in HTTP status and Twirp code; measured with a real livekit-sip. */
const AS_MEASURED: Readonly<Record<number, readonly [httpStatus: number, code: string]>> = {
  403: [403, 'permission_denied'],
  404: [404, 'not_found'],
  405: [400, 'invalid_argument'],
  408: [408, 'deadline_exceeded'],
  480: [429, 'resource_exhausted'],
  486: [429, 'resource_exhausted'],
  500: [412, 'failed_precondition'],
  503: [412, 'failed_precondition'],
  603: [403, 'permission_denied'],
};

/** What the server SDK throws when the phone answered with this status. */
export function sipFailure(status: number): SipCallError {
  const [httpStatus, code] = AS_MEASURED[status] ?? [500, 'internal'];
  const metadata = { sip_status_code: String(status), sip_status: 'as measured' };
  return new SipCallError('TwirpError', 'sip call failed', httpStatus, code, metadata);
}

/** And when nobody answered in time: no SIP status at all. */
export const sipTimeout = (): ServerError =>
  new ServerError('TwirpError', 'sip request timed out', 408, 'canceled', {});

/** And when there is no livekit-sip. */
export const noSip = (): ServerError => new ServerError('TwirpError', 'no response', 503, 'unavailable', {});

interface Asked<What> {
  readonly what: What;
  readonly answered: () => void;
  readonly failed: (error: Error) => void;
}

export interface ScriptedSipApi {
  readonly api: SipApi;
  /** Each waits until the test answers it. */
  readonly dials: Asked<DialRequest>[];
  readonly refers: Asked<{ readonly roomName: string; readonly identity: string; readonly target: string }>[];
}

export function scriptedSipApi(): ScriptedSipApi {
  const dials: ScriptedSipApi['dials'] = [];
  const refers: ScriptedSipApi['refers'] = [];
  const ask = <What>(list: Asked<What>[], what: What): Promise<void> =>
    new Promise<void>((answered, failed) => void list.push({ what, answered, failed }));
  return {
    dials,
    refers,
    api: {
      dial: request => ask(dials, request),
      refer: (roomName, identity, target) => ask(refers, { roomName, identity, target }),
    },
  };
}
