import { join } from 'node:path';
import type { WorkerConfig } from '#shared/config/worker-config.ts';
import { createOpenAiJudge } from '#worker/models/openai/openai-judge.ts';
import { PolicyBook, type PolicyBookDeps } from '#worker/rulebook/policy-book.ts';
import { DEMO_ORG_ID } from './demo-org.ts';
import type { Logger } from './log.ts';
import { RESOURCES } from './resources.ts';
import { systemClock } from './system-clock.ts';

/**
 * The policy documents, read once so that a worker without usable rules does not start (POL24).
 * @param onApplied is told of rules that are in force from now on, and by whom
 * @param isFollower a host: what its worker has put in force is in force here
 */
export function openPolicyBook(
  config: WorkerConfig,
  log: Logger,
  onApplied: PolicyBookDeps['onApplied'],
  isFollower: boolean,
): PolicyBook {
  const book = new PolicyBook({
    clock: systemClock,
    shipped: join(RESOURCES, 'policies'),
    folder: join(config.data, 'policies'),
    isFollower,
    ask: createOpenAiJudge({ apiKey: process.env['OPENAI_API_KEY'] ?? null, baseUrl: config['judge-url'] }),
    onApplied: (orgId, label, by) => {
      log.info({ orgId, label, by }, 'other policies are in force');
      onApplied(orgId, label, by);
    },
    onRefused: (orgId, problems) =>
      log.error({ orgId, problems }, 'policy documents were refused; what was in force stays in force'),
  });
  book.rules(DEMO_ORG_ID);
  return book;
}
