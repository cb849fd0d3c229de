import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { retentionOf } from '#shared/domain/retention.ts';
import { appError } from '#shared/errors/app-error.ts';
import { CallHost } from '#worker/host/call-host.ts';
import { claimedRooms } from '#worker/host/claimed-rooms.ts';
import type { HostBoot } from '#worker/host/host-process.ts';
import { connectToControl } from '#worker/host/link/control-link.ts';
import { createRoomBook } from '#worker/livekit/room-book.ts';
import { registerHost } from '#worker/livekit/dispatch/register-host.ts';
import { LoopbackMediaPlane } from '#worker/media/loopback/loopback-media-plane.ts';
import { measureProcess } from '#worker/metrics/process-load.ts';
import { ScriptedStt } from '#worker/models/scripted-stt.ts';
import { openSpool } from '#worker/store/host-spool/open-spool.ts';
import { StoreJournal } from '#worker/store/store-journal.ts';
import { assembleMind } from './assemble-mind.ts';
import { tellLoad } from './host-load.ts';
import { knowledgeDocuments } from './knowledge-documents.ts';
import { lineClips, livekitAccess, roomTelephony } from './livekit-line.ts';
import type { Logger } from './log.ts';
import { planeOfRooms } from './room-plane.ts';
import { answerSources, sessionParts } from './session-parts.ts';
import { systemClock } from './system-clock.ts';

/** Prometheus asks every 15 s as a rule. */
const TELL_LOAD_MS = 5000;

/** Runs the calls of one host process until it has drained. Ends the process at once where it may not speak any more. */
export async function runHost(boot: HostBoot, log: Logger): Promise<void> {
  const config = boot.config as unknown as WorkerConfig;
  const access = livekitAccess(config, process.env);
  if (!access) throw appError('input.invalid', 'A host needs --livekit-url: its calls are rooms.');
  // Without a log nothing may be said, and without control another host has the calls: sounding on would double them.
  const leave = (reason: string): never => {
    log.fatal({ reason }, 'the host ends at once');
    process.exit(1);
  };
  const spool = await openSpool(boot.spool, () => leave('the spool has stopped'));
  const journal = new StoreJournal(spool, systemClock, await spool.head(), (error, waitingEntries) =>
    log.error({ err: error, waitingEntries }, 'the spool could not be written; it is tried again'),
  );
  const mind = await assembleMind({
    config,
    log,
    documents: knowledgeDocuments(config, null, log),
    offlineStt: callId => new ScriptedStt(callId, { utterances: () => [] }),
    onPolicies: () => undefined,
    isHost: true,
  });
  const clips = await lineClips(mind.voice);
  // Only now: loading the models takes longer than a host may be silent.
  const link = await connectToControl({
    url: boot.url,
    secret: boot.secret,
    clock: systemClock,
    head: journal.head,
    onAcked: position => void spool.forget(position).catch(() => undefined),
    onLost: () => leave('the link to control is gone'),
  });
  journal.onEntry(entry => link.entry(entry));
  const registered = registerHost({
    access,
    clock: systemClock,
    random: Math.random,
    // One more is still taken in, to be told that every line is taken.
    capacity: boot.capacity + 1,
    onState: state => log.info({ state }, 'registration with LiveKit'),
    onNote: note => log.info({ note }, 'LiveKit tells of a job'),
  });
  const rooms = claimedRooms({
    assignments: registered,
    hostId: boot.hostId,
    claim: (roomName, callId) => link.claim(roomName, callId),
    left: roomName => link.roomLeft(roomName),
    onError: error => log.error({ err: error }, 'a room could not be claimed'),
  });
  const book = createRoomBook();
  const load = tellLoad(registered, boot.capacity);
  let refusedCalls = 0;
  const line = roomTelephony({
    onRefused: () => (refusedCalls += 1),
    access,
    assignments: rooms,
    book,
    calls: boot.capacity,
    clips,
    load,
    permits: link.dials,
    phones: boot.phones,
    log,
  });
  const host = new CallHost({
    telephony: line,
    answerDelayMs: 0,
    pastOf: callId => rooms.pastOf(callId),
    onCallEnded: () => undefined,
    onError: (callId, error) => log.error({ callId, err: error }, 'a call met an error'),
    session: sessionParts({
      config,
      log,
      mind,
      sources: answerSources(config, mind, link.tickets),
      journal,
      leases: link.leases,
      media: planeOfRooms(new LoopbackMediaPlane(), { access, book }, link.audit, log),
      people: book,
      retention: () => retentionOf(rooms.profile() ?? config['recording-profile']),
    }),
  });
  host.onNotice(notice => link.notice(notice));
  const meter = measureProcess();
  const telling = setInterval(() => link.load({ ...meter.read(), refusedCalls }), TELL_LOAD_MS);
  const { promise: drained, resolve: drain } = Promise.withResolvers<undefined>();
  const startDraining = (): void => void registered.drain().then(() => drain(undefined));
  process.once('SIGTERM', startDraining);
  host.start();
  link.serve({
    run: ({ command, actor }) => host.run(command, actor),
    tell: message => {
      if (message.type === 'person') host[message.what](message.actor);
      else if (message.type === 'append') host.appendToCall(message.callId, message.draft);
      else if (message.type === 'drain') startDraining();
      else
        mind.knowledge
          .rotate(message.orgId)
          .catch((error: unknown) => log.error({ err: error }, 'knowledge'));
    },
  });
  await drained;
  clearInterval(telling);
  meter.stop();
  load.stop();
  await host.stop();
  await line.stop();
  registered.close();
  await journal.flush();
  link.close();
  await spool.close();
  await mind.stop();
}
