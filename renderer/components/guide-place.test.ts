import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guidePlace } from './guide-place.ts';

test('[UI65] a card stands wholly in the window and covers nothing of what it tells of', () => {
  const view = { width: 1440, height: 900 };
  const card = { width: 320, height: 160 };
  const box = fc.record({
    left: fc.nat(1_400),
    top: fc.nat(880),
    width: fc.integer({ min: 4, max: 1_440 }),
    height: fc.integer({ min: 4, max: 900 }),
  });
  fc.assert(
    fc.property(box, target => {
      const place = guidePlace(target, card, view);
      if (place === null) return;
      expect(place.left).toBeGreaterThanOrEqual(0);
      expect(place.top).toBeGreaterThanOrEqual(0);
      expect(place.left + card.width).toBeLessThanOrEqual(view.width);
      expect(place.top + card.height).toBeLessThanOrEqual(view.height);
      const apart =
        place.left + card.width <= target.left ||
        place.left >= target.left + target.width ||
        place.top + card.height <= target.top ||
        place.top >= target.top + target.height;
      expect(apart).toBe(true);
    }),
  );
  expect(guidePlace({ left: 1_083, top: 60, width: 340, height: 40 }, card, view)).not.toBeNull();
});
