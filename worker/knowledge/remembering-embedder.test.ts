import { expect, test } from 'vitest';
import type { Embedder } from '#shared/adapters/embedder.ts';
import { rememberingEmbedder } from './remembering-embedder.ts';

const signal = new AbortController().signal;
function bench() {
  const asked: string[] = [];
  const inner: Embedder = {
    model: 'm',
    dim: 1,
    embed: (texts, { aborted }) => {
      asked.push(...texts);
      return aborted
        ? Promise.reject(new Error('gone'))
        : Promise.resolve(texts.map(text => Float32Array.of(text.length)));
    },
  };
  return { asked, create: rememberingEmbedder(inner) };
}

test('[RET48] a passage is asked for once, whatever snapshot it is in, and in its own place', async () => {
  const { asked, create } = bench();
  const first = await create(['a', 'bb', 'a']).embed(['a', 'bb', 'a'], signal);
  expect(first.map(([length]) => length)).toEqual([1, 2, 1]);
  const second = await create(['bb', 'ccc']).embed(['ccc', 'bb'], signal);
  expect(second.map(([length]) => length)).toEqual([3, 2]);
  expect(asked).toEqual(['a', 'bb', 'ccc']);
});

test('[RET48] a question is not remembered, and a failure neither', async () => {
  const { asked, create } = bench();
  const embedder = create(['a']);
  await embedder.embed(['who?'], signal);
  await embedder.embed(['who?'], signal);
  await expect(embedder.embed(['a'], AbortSignal.abort())).rejects.toThrow('gone');
  expect((await embedder.embed(['a'], signal)).map(([length]) => length)).toEqual([1]);
  expect(asked).toEqual(['who?', 'who?', 'a', 'a']);
});
