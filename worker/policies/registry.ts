import type { ControlPolicy } from './control-policy.ts';
import { groundedFigures } from './grounded-figures.ts';
import { noCardData } from './no-card-data.ts';
import { personalData } from './personal-data.ts';

/** Policies that are code; those that are phrase lists come from the org's document. */
export const CODE_POLICIES: readonly ControlPolicy[] = [groundedFigures, noCardData, personalData];
