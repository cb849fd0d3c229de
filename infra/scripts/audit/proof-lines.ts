import type { AuditProof } from '#shared/protocol/audit.ts';

/** A proof in words, worst first. */
export function proofLines(where: string, proof: AuditProof): readonly string[] {
  const { chains, entries, events, accessRows, anchors, receipts, parked, faults, verdict } = proof;
  const counted = `${String(chains)} chains, ${String(entries)} entries, ${String(events)} events, ${String(accessRows)} accesses, ${String(anchors)} anchors, ${String(receipts)} receipts`;
  return [
    `${verdict === 'pass' ? 'PASS' : 'FAIL'} ${where}: ${counted}${parked > 0 ? `, ${String(parked)} set aside` : ''}`,
    ...faults.map(
      ({ rule, orgId, deviceId, epoch, seq, says }) =>
        `  ${rule} ${[orgId, deviceId].filter(name => name !== '').join('/')}${epoch > 0 ? ` epoch ${String(epoch)}` : ''}${seq > 0 || rule === 'event' ? ` at ${String(seq)}` : ''}: ${says}`,
    ),
  ];
}
