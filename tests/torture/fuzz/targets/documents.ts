import { readFileSync } from 'node:fs';
import { inRoot } from '#infra/scripts/bootstrap/paths.mjs';
import { phrasePolicyDocumentSchema } from '#shared/domain/phrase-policies.ts';
import { appError, toErrorBody } from '#shared/errors/app-error.ts';
import { readDocument } from '#shared/errors/read-document.ts';
import { readDocument as readKnowledge } from '#worker/knowledge/document.ts';
import { compileRules } from '#worker/lanes/control/control-gate.ts';
import { phraseListSchema } from '#worker/lanes/reflex/phrase-bank.ts';
import { CODE_POLICIES } from '#worker/policies/registry.ts';
import { scenarioSchema } from '#worker/telephony/stub/scenario.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { textOf } from '../inputs.ts';

const resource = (file: string): string => readFileSync(inRoot('resources', file), 'utf8');

/** A document that people write: it is used, or refused with its code and its name. */
function documentTarget(name: string, seed: unknown, read: (text: string) => unknown): FuzzTarget {
  const answer = (text: string): string => {
    try {
      read(text);
      return 'ok';
    } catch (error) {
      return toErrorBody(error, 'worker').code;
    }
  };
  return {
    name,
    seeds: [seed],
    open: () =>
      Promise.resolve({
        feed: input => answer(textOf(input)),
        good() {
          const code = answer(typeof seed === 'string' ? seed : JSON.stringify(seed));
          if (code !== 'ok') throw new Error(`a good document was answered ${code}`);
        },
        close: () => undefined,
      }),
  };
}

export const documentTargets: readonly FuzzTarget[] = [
  documentTarget('policy-document', JSON.parse(resource('policies/demo.json')), text =>
    compileRules(readDocument('policy document', text, phrasePolicyDocumentSchema).policies, CODE_POLICIES),
  ),
  documentTarget('phrase-list', JSON.parse(resource('prompts/reflex.en.json')), text =>
    readDocument('phrase list', text, phraseListSchema),
  ),
  documentTarget('knowledge-document', resource('demo/knowledge/returns.md'), text => {
    const answer = readKnowledge(text);
    if (!answer.ok) throw appError('knowledge.refused', `line ${String(answer.line)}: ${answer.message}`);
  }),
  documentTarget('scenario', JSON.parse(resource('demo/scenarios/order-status.json')), text =>
    readDocument('scenario', text, scenarioSchema),
  ),
];
