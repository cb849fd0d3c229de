import type { SipConfig } from '#shared/config/sip-config.ts';

/** What we keep at the server, by the name that is ours there. */
export type SipPart = 'lines' | 'catch-all' | 'outbound' | 'calls';

/** Names of our trunks and rules. What has another name is somebody else's and is never touched. */
export const sipPartName = (part: SipPart): string => `sidetone ${part}`;

interface Login {
  readonly username: string;
  readonly password: string;
}

export type SipWish =
  | {
      readonly part: 'lines' | 'catch-all';
      readonly kind: 'inbound';
      /** Empty: every number that no other trunk has. */
      readonly numbers: readonly string[];
      readonly addresses: readonly string[];
      readonly login: Login | null;
      readonly ringingS: number;
      readonly encryption: SipConfig['inbound']['encryption'];
    }
  | {
      readonly part: 'outbound';
      readonly kind: 'outbound';
      readonly address: string;
      readonly transport: 'auto' | 'udp' | 'tcp' | 'tls';
      readonly numbers: readonly string[];
      readonly login: Login | null;
      readonly encryption: SipConfig['inbound']['encryption'];
    }
  /** A room of its own for each call: two of one number in one room would put the first out (measured). */
  | { readonly part: 'calls'; readonly kind: 'rule'; readonly roomPrefix: string };

export interface SipHave {
  readonly id: string;
  readonly name: string;
  /** Fingerprint of the wish it was made from. */
  readonly mark: string;
}

export type SipStep =
  | { readonly do: 'create'; readonly wish: SipWish }
  | { readonly do: 'replace'; readonly wish: SipWish; readonly id: string }
  | { readonly do: 'keep'; readonly wish: SipWish; readonly id: string }
  /** Made by an earlier file, and wanted no more; also a second one of the same name. */
  | { readonly do: 'remove'; readonly id: string; readonly kind: SipWish['kind'] };

/** What there should be, in the order in which it can be made. @param secretOf reads a `$NAME` */
export function sipWishes(config: SipConfig, secretOf: (name: string) => string): readonly SipWish[] {
  const { lines, inbound, outbound } = config;
  const login = (known: SipConfig['inbound']['login']): Login | null =>
    known ? { username: known.username, password: secretOf(known.password) } : null;
  const common = {
    kind: 'inbound',
    addresses: inbound.addresses,
    login: login(inbound.login),
    ringingS: inbound.ringingS,
    encryption: inbound.encryption,
  } as const;
  return [
    { ...common, part: 'lines', numbers: lines.map(line => line.number) },
    // A number that no trunk has is not refused but rings for ever (measured).
    { ...common, part: 'catch-all', numbers: [] },
    ...(outbound
      ? [{ ...outbound, part: 'outbound', kind: 'outbound', login: login(outbound.login) } as const]
      : []),
    { part: 'calls', kind: 'rule', roomPrefix: 'call-' },
  ];
}

/** The steps from what there is to what there should be (SIP50). Pure. */
export function planSip(
  wishes: readonly SipWish[],
  have: Readonly<Record<SipWish['kind'], readonly SipHave[]>>,
  markOf: (wish: SipWish) => string,
): readonly SipStep[] {
  const kept = new Set<string>();
  const steps = wishes.map((wish): SipStep => {
    const found = have[wish.kind].find(({ name }) => name === sipPartName(wish.part));
    if (!found) return { do: 'create', wish };
    kept.add(found.id);
    return { do: found.mark === markOf(wish) ? 'keep' : 'replace', wish, id: found.id };
  });
  const ours = (['lines', 'catch-all', 'outbound', 'calls'] as const).map(sipPartName);
  const kinds: readonly SipWish['kind'][] = ['rule', 'inbound', 'outbound'];
  const spare = kinds.flatMap(kind =>
    have[kind]
      .filter(({ id, name }) => ours.includes(name) && !kept.has(id))
      .map(({ id }): SipStep => ({ do: 'remove', id, kind })),
  );
  // First, since a number can be on one trunk only.
  return [...spare, ...steps];
}
