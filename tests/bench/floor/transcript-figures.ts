import type { Page } from '@playwright/test';
import { percentile, type Figure } from '../figure.ts';
import type { BenchChild } from '../measure/child.ts';
import type { SourceCommand, SourceReport } from './source-protocol.ts';

/** Makes 10,000 lines. */
const EVENTS = 64_000;
const OPENS = 5;
const SCROLL_MS = 3000;
const SAYS = 5;

/** Opens a call of 10,000 lines, scrolls through it and lets it grow while somebody reads further up. */
export async function* transcriptFigures(page: Page, source: BenchChild): AsyncGenerator<Figure> {
  const kept = source.answer<SourceReport>(({ name }) => name === 'kept');
  source.send({ name: 'long-call', events: EVENTS } satisfies SourceCommand);
  await kept;
  const opensMs: number[] = [];
  const drawsMs: number[] = [];
  for (let open = 0; open < OPENS; open += 1) {
    await page.locator('[data-call="long-call"]').first().click();
    const { openMs, drawMs } = await page.evaluate(openCall);
    opensMs.push(openMs);
    drawsMs.push(drawMs);
    if (open < OPENS - 1) {
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Floor' }).waitFor();
    }
  }
  const { fps, frames } = await page.evaluate(scrollThrough, SCROLL_MS);
  const movedPx = await jumpWhileReading(page, source);
  const context = { lines: 10_000, events: EVENTS, shell: 'Chromium through the browser host' };
  const figure = (metric: string, value: number, unit: string, n: number, goal: Figure['goal']): Figure => ({
    bench: 'floor',
    metric,
    value: Math.round(value * 100) / 100,
    unit,
    arm: 'ours',
    n,
    goal,
    context,
  });
  yield figure('transcript_open_p95_ms', percentile(opensMs, 0.95), 'ms', OPENS, { max: 100 });
  yield figure('transcript_draw_p95_ms', percentile(drawsMs, 0.95), 'ms', OPENS, { max: 100 });
  yield figure('transcript_scroll_frames_per_second', fps, '1/s', frames, { min: 58 });
  yield figure('transcript_append_moves_reader_px', movedPx, 'px', SAYS, { max: 0 });
}

/** In the page. From the key to the frame with the last lines; and from the log's arrival to that frame. */
async function openCall(): Promise<{ openMs: number; drawMs: number }> {
  const began = performance.now();
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true }),
  );
  let firstMs = 0;
  for (;;) {
    await new Promise(requestAnimationFrame);
    const log = document.querySelector('[role=log]');
    if (log && firstMs === 0) firstMs = performance.now();
    if (log && log.children.length > 100) break;
    if (performance.now() - began > 60_000) return { openMs: Infinity, drawMs: Infinity };
  }
  await new Promise(resolve => setTimeout(resolve, 0));
  return { openMs: performance.now() - began, drawMs: performance.now() - firstMs };
}

/** In the page: wheels from the end upwards, 60 px per frame, and counts frames. */
async function scrollThrough(forMs: number): Promise<{ fps: number; frames: number }> {
  const box = document.querySelector('[role=log]')?.closest('[tabindex]');
  if (!box) return { fps: 0, frames: 0 };
  const began = performance.now();
  let frames = 0;
  while (performance.now() - began < forMs) {
    await new Promise(requestAnimationFrame);
    box.scrollTop -= 60;
    frames += 1;
  }
  return { fps: (1000 * frames) / (performance.now() - began), frames };
}

/** How far the line that somebody reads further up moves on the screen while the call goes on below. */
async function jumpWhileReading(page: Page, source: BenchChild): Promise<number> {
  const line = await page.evaluateHandle(() => {
    const box = document.querySelector('[role=log]')?.closest('[tabindex]');
    const top = box?.getBoundingClientRect().top ?? 0;
    return [...document.querySelectorAll('[role=log] > *')].find(
      element => element.getBoundingClientRect().top > top + 50,
    );
  });
  const top = (): Promise<number> =>
    line.evaluate(element => element?.getBoundingClientRect().top ?? Number.NaN);
  const before = await top();
  let moved = 0;
  for (let say = 0; say < SAYS; say += 1) {
    source.send({ name: 'say', text: `One more thing, number ${String(say)}.` } satisfies SourceCommand);
    await page.waitForTimeout(200);
    moved = Math.max(moved, Math.abs((await top()) - before));
  }
  return moved;
}
