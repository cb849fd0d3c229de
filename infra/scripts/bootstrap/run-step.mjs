import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { inRoot, ROOT } from './paths.mjs';

/** @typedef {import('./tasks.mjs').Step} Step */

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {string} node path of the Node that runs the step
 * @param {Step} step
 * @returns {Promise<number>} exit code; a death by signal is 128 + its number, as in a shell
 */
export function runStep(node, step) {
  if (step.needed && !step.needed()) return Promise.resolve(0);
  const child = spawn(node, [...step.argv], {
    cwd: ROOT,
    stdio: step.preparation ? ['ignore', 2, 2] : 'inherit',
    env: {
      ...process.env,
      ...step.env,
      PATH: [dirname(node), inRoot('node_modules', '.bin'), process.env['PATH']].join(delimiter),
    },
  });
  /** @param {NodeJS.Signals} signal */
  const forward = signal => {
    // A terminal sends Ctrl+C to the child as well, and a second one means "now" to many programs.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return new Promise(resolve => {
    /** @param {number} exitCode */
    const finish = exitCode => {
      for (const signal of FORWARDED) process.off(signal, forward);
      resolve(exitCode);
    };
    child.once('error', error => {
      console.error(`Could not start ${step.argv[0]}: ${error.message}`);
      finish(1);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
