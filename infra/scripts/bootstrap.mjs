#!/usr/bin/env node
/**
 * The one way in: `node infra/scripts/bootstrap.mjs <task> [args...]`.
 * Runs on any Node from 18 and imports only `node:` modules, because nothing may be installed yet.
 * Writes to standard error only: standard output belongs to the program it starts.
 */
import { installWhenStale } from './bootstrap/install.mjs';
import { bundledNode } from './bootstrap/node-24.mjs';
import { runStep } from './bootstrap/run-step.mjs';
import { planTask, TASKS } from './bootstrap/tasks.mjs';

const [task = '', ...args] = process.argv.slice(2);
const plan = planTask(task, args);
if (plan === null) {
  console.error(`Unknown task "${task}". Known: ${TASKS.join(', ')}.`);
  process.exit(2);
}

installWhenStale();
const node = bundledNode();
for (const step of plan) {
  const exitCode = await runStep(node, step);
  if (exitCode !== 0) process.exit(exitCode);
}
