import { APIConnectionError as PluginConnectionError, APIStatusError } from '@livekit/agents';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { appError, toErrorBody } from '#shared/errors/app-error.ts';
import { asPluginError } from './plugin-error.ts';
import { asProviderError } from './provider-error.ts';

const SECRET = 'Incorrect key sk-123 in: Why is there a fee?';
const refused = (status: number): Error =>
  OpenAI.APIError.generate(status, { error: { message: SECRET } }, SECRET, new Headers());

test('[PRO15] what crosses a process holds nothing of what the provider quoted', () => {
  for (const error of [
    refused(401),
    refused(500),
    new Error(SECRET),
    new OpenAI.APIConnectionError({ message: SECRET }),
  ])
    for (const ours of [asProviderError(error), asPluginError(error)])
      expect(JSON.stringify(toErrorBody(ours, 'worker'))).not.toMatch(/sk-123|fee/u);
});

test('[PRO21] what may pass is told apart from what will stay', () => {
  const codes = (errors: readonly Error[]): unknown =>
    errors.map(error => asPluginError(error).body).map(({ code, retryable }) => [code, retryable]);
  expect(codes([401, 404, 408, 429, 503].map(refused))).toEqual([
    ['provider.refused', false],
    ['provider.refused', false],
    ['provider.timeout', true],
    ['provider.rate-limited', true],
    ['provider.failed', true],
  ]);
  expect(
    codes([
      new PluginConnectionError({ message: SECRET }),
      new APIStatusError({ message: SECRET, options: { statusCode: 429 } }),
      // A WebSocket's closing code is no status.
      new APIStatusError({ message: SECRET, options: { statusCode: 1006 } }),
      appError('voice.failed', 'ours stay as they are'),
    ]),
  ).toEqual([
    ['provider.unreachable', true],
    ['provider.rate-limited', true],
    ['provider.failed', true],
    ['voice.failed', false],
  ]);
});
