import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { uuidV7 } from '#shared/base/uuid-v7.ts';
import { appError } from '#shared/errors/app-error.ts';
import { startControl } from '#worker/control/start-control.ts';
import { WorkerHealth } from '#worker/control/worker-health.ts';
import { startCallMetrics } from '#worker/metrics/call-metrics.ts';
import { WORKER_NOTE_FILE, type WorkerNote } from '#shared/protocol/worker-note.ts';
import { assembleWorker } from './assemble.ts';
import { CallerProbe } from './caller-probe.ts';
import type { Logger } from './log.ts';
import { openAudit } from './open-audit.ts';
import { openTracing } from './open-tracing.ts';
import { OrphanWatch } from './orphan-watch.ts';
import { demoShopOf } from './demo-org.ts';
import { refusedFile } from './open-store.ts';
import { recordingsFolder } from './session-parts.ts';
import { systemClock } from './system-clock.ts';
import { tellFailure, tellStarter } from './tell-starter.ts';

const bootSchema = z.object({ bootSecret: z.string().min(16).max(200) });
/** Built by `npm run build`; in a package it lies beside this folder as it does here. */
const CALLER_PAGE = join(import.meta.dirname, '../../out/caller');

/** How often a bundled worker looks whether anybody needs it. */
const LOOK_EVERY_MS = 1000;

/** Runs until a signal or, with `--calls K`, until K calls have ended. @returns the exit code */
export async function runWorker(config: WorkerConfig, log: Logger): Promise<number> {
  const { promise: finished, resolve: finish } = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => finish(0));
  const bootSecret = config['boot-stdin'] ? await readBootSecret() : randomBytes(32).toString('base64url');
  const probe = config['test-probe'] ? new CallerProbe() : null;
  const health = new WorkerHealth();
  const worker = await assembleWorker({
    config,
    log,
    health,
    onCallEnded: () => {
      if (worker.callers.exhausted) finish(0);
    },
    onStoreLost: () => {
      log.fatal({ code: 'storage.failed' }, 'the store has stopped; the worker ends, to be started anew');
      tellFailure(appError('storage.failed', 'The database has stopped. The worker is started anew.').body);
      process.exit(1);
    },
    ...(probe ? { onLine: (callId, _caller, heard, ai) => probe.onLine(callId, heard, ai) } : {}),
  });
  probe?.watch(worker.journal);
  if (config.headless) worker.journal.onEntry(({ event }) => void writeSync(1, `${JSON.stringify(event)}\n`));
  const metrics = startCallMetrics({
    journal: worker.journal,
    openCalls: () => worker.hosts.openCalls(),
    hosts: () => worker.hosts.figures(),
    onError: error => log.error({ err: error }, 'a figure could not be counted'),
  });
  const audit = await openAudit({
    book: worker.store,
    folder: config.data,
    clock: systemClock,
    onError: error => log.error({ err: error }, 'the audit chains could not be anchored; it is tried again'),
  });
  const tracing = await openTracing({
    workerId: worker.workerId,
    journal: worker.journal,
    log,
    environment: process.env,
  });
  const control = await startControl({
    host: config.host,
    port: config.port,
    publicNames: namesOf(config['public-names']),
    clock: systemClock,
    newId: () => uuidV7(systemClock.now(), Math.random),
    workerId: worker.workerId,
    get brain() {
      return worker.brain.name;
    },
    get voice() {
      return worker.voice.name;
    },
    journal: worker.journal,
    store: worker.store,
    recordFacts: worker.recordFacts,
    desk: worker.host,
    health,
    policies: worker.policies,
    audit,
    media: worker.media,
    appendToCall: (callId, draft) => worker.host.appendToCall(callId, draft),
    ringCaller: config.demo ? scenario => worker.callers.ringScenario(scenario) : null,
    chat: worker.texts,
    metrics,
    ticketing: worker.ticketing,
    ...(worker.rooms ? { rooms: worker.rooms } : {}),
    rotateKnowledge: worker.rotateKnowledge,
    knowledge: worker.knowledge,
    knowledgeWatch: worker.knowledgeWatch,
    team: worker.team,
    bootSecret,
    keyFile: join(config.data, 'session.key'),
    recordings: recordingsFolder(config.data),
    recordingParts: worker.recordingParts,
    refusedFile: refusedFile(config.data),
    retention: worker.retention,
    shopOf: demoShopOf(),
    callerPage: { folder: CALLER_PAGE, textUrl: config['caller-text-url'] },
    ...(probe ? { extend: server => probe.addRoute(server) } : {}),
  }).catch(async (error: unknown) => {
    await worker.stop();
    throw error;
  });
  if (config.headless) {
    const tokenFile = join(config.data, 'token');
    writeFileSync(tokenFile, `${await control.localToken()}\n`, { mode: 0o600 });
    log.info({ tokenFile }, 'scripts find their token here');
  }
  const watch = new OrphanWatch();
  const noteFile = join(config.data, WORKER_NOTE_FILE);
  const looking = setInterval(() => {
    if (watch.look(systemClock.mono(), control.desks())) finish(0);
  }, LOOK_EVERY_MS);
  if (config['boot-stdin']) {
    const { workerId } = worker;
    const note: WorkerNote = { pid: process.pid, port: control.port, workerId, bootSecret };
    writeFileSync(noteFile, JSON.stringify(note), { mode: 0o600 });
    process.stdin.once('close', () => {
      log.info({}, 'the desk has gone; calls go on and another desk is awaited');
      watch.orphaned();
    });
    process.stdin.resume();
  }
  tellStarter({ type: 'worker.ready', port: control.port, workerId: worker.workerId });
  log.info(
    { port: control.port, workerId: worker.workerId, brain: worker.brain.name, voice: worker.voice.name },
    'the worker is ready',
  );
  worker.host.start();
  if (config.demo) worker.callers.start();
  const code = await finished;
  clearInterval(looking);
  metrics.stop();
  if (config['boot-stdin']) rmSync(noteFile, { force: true });
  await audit.stop();
  await worker.stop();
  await tracing?.stop();
  await control.close();
  log.info({ code }, 'the worker has stopped');
  return code;
}

/** Whoever started us hands the secret over once, where no other process can read it. */
async function readBootSecret(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    const parsed = bootSchema.safeParse(parseJson(line));
    if (parsed.success) return parsed.data.bootSecret;
    break;
  }
  throw appError('input.invalid', 'Standard input did not begin with a line that holds the boot secret.');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const namesOf = (list: string): readonly string[] =>
  list
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
