import { expect, test } from 'vitest';
import { planTask } from './tasks.mjs';

const scripts = (task: string, args: string[] = []) => planTask(task, args)?.map(step => step.argv.join(' '));

test('the demo builds the console, quietly and when needed, before it opens it', () => {
  const plan = planTask('demo', ['--calls', '3']) ?? [];
  const builds = plan.slice(0, -1);
  expect(builds).toHaveLength(3);
  for (const build of builds) {
    expect(build).toMatchObject({ preparation: true });
    expect(build.needed).toBeTypeOf('function');
  }
  expect(plan.at(-1)?.argv).toEqual(['infra/scripts/demo.ts', '--calls', '3']);
});

test('a headless demo is the worker alone: no console is built', () => {
  expect(scripts('demo', ['--calls', '3', '--headless'])).toEqual([
    'worker/entry/main.ts --demo --headless --calls 3',
  ]);
  // Whoever starts a LiveKit server has to stop it too.
  expect(scripts('demo', ['--headless', '--livekit'])).toEqual([
    'infra/scripts/demo.ts --headless --livekit',
  ]);
});

test.each(['demo', 'worker', 'bench', 'test'])('%s has enough threads for audio beside disks', task => {
  expect(planTask(task, [])?.at(-1)?.env).toEqual({ UV_THREADPOOL_SIZE: '16' });
});

test('an unknown task has no plan', () => {
  expect(planTask('dmeo', [])).toBeNull();
  expect(planTask('toString', [])).toBeNull();
});
