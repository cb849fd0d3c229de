import { z } from 'zod';

/** As trunks write them. */
const number = z.string().regex(/^\+?[0-9]{3,20}$/u, 'must be digits, mostly with a + before them');
/** An IP address or a network, from which a provider calls. */
const address = z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/u, 'must be an IP address or a network');
/** The name of an environment variable, `$NAME`; a password is never written into the file. */
const secret = z.string().regex(/^\$[A-Z][A-Z0-9_]*$/u, 'must name an environment variable: $NAME');
const login = z.strictObject({ username: z.string().min(1), password: secret });
/** `require`: SRTP or no call. `allow`: where the other side offers it. */
const encryption = z.enum(['disable', 'allow', 'require']).default('allow');

/**
 * How a caller gets to a colleague on the phone. `dial-in`: the colleague is called into the caller's room and introduced. `briefed`:
 * they are called into a room of their own, told of the call, and asked whether they take it.
 */
const transferWay = z.enum(['dial-in', 'briefed']);
export const transferWaysSchema = z.strictObject({
  way: transferWay.default('dial-in'),
  /** Numbers for which it is another way. */
  targets: z.array(z.strictObject({ number, way: transferWay })).default([]),
  /** For a colleague who is told of a call to say whether they take it. */
  decisionS: z.number().int().min(10).max(120).default(45),
});
export type TransferWays = z.infer<typeof transferWaysSchema>;

/** The file that describes our phone lines at the LiveKit server. Source: docs/how-to/sip.md. */
export const sipConfigSchema = z.strictObject({
  /** The numbers that people call, with the names by which the console shows them. */
  lines: z.array(z.strictObject({ number, name: z.string().min(1).max(100) })).min(1),
  inbound: z
    .strictObject({
      addresses: z.array(address).default([]),
      login: login.optional(),
      /** A call that nobody answers is given back to the provider after this. */
      ringingS: z.number().int().min(5).max(180).default(45),
      encryption,
    })
    // Without either anybody could call in on any number, and the server refuses such a trunk.
    .refine(({ addresses, login: known }) => addresses.length > 0 || known !== undefined, {
      message: 'needs addresses or a login, so that not everybody can call in',
    }),
  outbound: z
    .strictObject({
      /** Host name of the provider, without `sip:`. */
      address: z.string().regex(/^[\w.-]+(:\d+)?$/u, 'must be a host name without sip:'),
      transport: z.enum(['auto', 'udp', 'tcp', 'tls']).default('auto'),
      /** From which we call; one of them is shown to whom we call. */
      numbers: z.array(number).min(1),
      login: login.optional(),
      encryption,
    })
    .optional(),
  /** Without `outbound` callers are sent to a number by their own phone, whatever stands here. */
  transfers: transferWaysSchema.prefault({}),
});
export type SipConfig = z.infer<typeof sipConfigSchema>;
