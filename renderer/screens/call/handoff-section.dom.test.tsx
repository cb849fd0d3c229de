import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { foldTimeline } from '#shared/projections/fold-timeline.ts';
import { takenOverCall } from '#tests/fixtures/rich-call.ts';
import { HandoffSection } from './handoff-section.tsx';

test('[ESC20] whoever takes over reads what is known and what to do next', () => {
  render(<HandoffSection timeline={foldTimeline(takenOverCall())} />);
  expect(screen.getByText('For whoever takes over')).toBeDefined();
  expect(screen.getByText('4711')).toBeDefined();
  expect(screen.getByText('Next step')).toBeDefined();
});
