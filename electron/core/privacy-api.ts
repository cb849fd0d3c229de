import { z } from 'zod';
import type { PersonQuery } from '#shared/domain/person-query.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import {
  personCallSchema,
  personErasureSchema,
  personExportSchema,
  retentionSchema,
} from '#shared/protocol/privacy.ts';
import type { WorkerApi } from './worker-api.ts';

type Person = { readonly person: PersonQuery };

/** The worker's routes of retention and of a person, as questions for `DeskCore.ask`. */
export const privacyApi = {
  retention: () => (api: WorkerApi) => api.get('/api/retention', retentionSchema),
  choose: (wish: { readonly profile: RetentionProfile }) => (api: WorkerApi) =>
    api.post('/api/retention', wish, retentionSchema),
  find: (wish: Person) => (api: WorkerApi) =>
    api.post('/api/privacy/find', wish, z.object({ calls: z.array(personCallSchema) })),
  export: (wish: Person) => (api: WorkerApi) => api.post('/api/privacy/export', wish, personExportSchema),
  erase: (wish: Person & { readonly calls: number; readonly reason: string }) => (api: WorkerApi) =>
    api.post('/api/privacy/erase', wish, personErasureSchema),
};
