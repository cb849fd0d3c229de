import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { TranscriptLine } from '#shared/projections/call-timeline.ts';
import { Transcript } from './transcript.tsx';

const linesTo = (count: number): TranscriptLine[] =>
  Array.from({ length: count }, (_, at) => ({
    kind: 'caller',
    key: `line-${String(at)}`,
    atMs: at,
    text: `Line ${String(at)}`,
  }));

const transcriptOf = (lines: TranscriptLine[]) => (
  <Transcript
    lines={lines}
    chunks={{}}
    notes={{}}
    sources={new Map()}
    originMs={0}
    partial=""
    heard={null}
    myName=""
    onSource={() => undefined}
    onWord={() => undefined}
    releasableId={null}
    pickFor={null}
    onRelease={() => undefined}
    onReason={() => undefined}
  />
);

test('[BEN14] of a very long transcript the last lines exist first, and more when somebody reads further up', () => {
  const { rerender } = render(transcriptOf(linesTo(3_000)));
  const log = screen.getByRole('log');
  const box = screen.getByRole('region', { name: 'Transcript' });
  expect(log.children).toHaveLength(2_500);
  expect(log.getAttribute('aria-live')).toBe('polite');

  // jsdom lays nothing out: a line is 20 px high here.
  Object.defineProperty(box, 'scrollHeight', { get: () => log.children.length * 20 });
  Object.defineProperty(box, 'clientHeight', { value: 800 });
  box.scrollTop = 500;
  const topOf = (words: string): number =>
    [...log.children].findIndex(line => line.textContent.includes(words)) * 20 - box.scrollTop;
  const before = topOf('Line 525');
  fireEvent.scroll(box);
  expect(log.children).toHaveLength(2_650);
  expect(topOf('Line 525')).toBe(before);
  expect(log.getAttribute('aria-live')).toBe('off');

  rerender(transcriptOf(linesTo(3_001)));
  expect(log.children).toHaveLength(2_651);
  expect(topOf('Line 525')).toBe(before);
  expect(screen.getByRole('button', { name: 'New lines' })).toBeTruthy();
});
