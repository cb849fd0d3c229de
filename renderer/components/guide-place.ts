/** A box on the screen, CSS pixels from the top left of the window. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GAP_PX = 12;

/** Where a card stands beside a thing without covering it: left, right, below or above, always in the window; null where there is no room. */
export function guidePlace(
  target: Box,
  card: { readonly width: number; readonly height: number },
  view: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number } | null {
  const fitsAcross = (left: number): boolean => left >= GAP_PX && left + card.width <= view.width - GAP_PX;
  const fitsDown = (top: number): boolean => top >= GAP_PX && top + card.height <= view.height - GAP_PX;
  const alongX = Math.max(GAP_PX, Math.min(target.left, view.width - card.width - GAP_PX));
  const alongY = Math.max(GAP_PX, Math.min(target.top, view.height - card.height - GAP_PX));
  const left = target.left - card.width - GAP_PX;
  const right = target.left + target.width + GAP_PX;
  const below = target.top + target.height + GAP_PX;
  const above = target.top - card.height - GAP_PX;
  const hasHeight = fitsDown(alongY);
  if (hasHeight && fitsAcross(left)) return { left, top: alongY };
  if (hasHeight && fitsAcross(right)) return { left: right, top: alongY };
  if (fitsAcross(alongX) && fitsDown(below)) return { left: alongX, top: below };
  return fitsAcross(alongX) && fitsDown(above) ? { left: alongX, top: above } : null;
}
