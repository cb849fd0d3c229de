import type { OrgId } from '#shared/domain/ids.ts';

/** The org of the demo and of a desktop without accounts. */
export const DEMO_ORG_ID = 'org-larkfield' as OrgId;
