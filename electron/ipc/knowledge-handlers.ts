import { SPACE_RIGHTS, spaceOf } from '#shared/domain/document-space.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { CommandHandlers } from '#shared/ipc/commands.ts';
import type { KNOWLEDGE_COMMANDS } from '#shared/ipc/knowledge-commands.ts';
import {
  askAnswerSchema,
  hotPatchAnswerSchema,
  publishAnswerSchema,
  usageSchema,
} from '#shared/protocol/knowledge.ts';
import type { DeskCore } from '#electron/core/desk-core.ts';
import type { DeskData } from '#electron/core/desk-data.ts';
import { isAway } from './is-away.ts';

type KnowledgeHandlers = Pick<CommandHandlers, keyof typeof KNOWLEDGE_COMMANDS | 'get-sync' | 'sync-now'>;

const DENIED = {
  knowledge: 'Your role may not edit knowledge.',
  policies: 'Your role may not edit policies.',
  notes: 'Your role may not write notes on calls.',
} as const;

/** The lanes answer as they would on a call; the worker cuts them off after 30 s. */
const ASK_TIMEOUT_MS = 35_000;

/** Knowledge of this desk: read and written here, and kept in step by the sync. What only the worker can do is asked of it (DST60-DST66). */
export function knowledgeHandlers(core: DeskCore, data: DeskData): KnowledgeHandlers {
  const { store, sync, files } = data;
  const changed = (docIds: readonly string[]): void => {
    core.tell('knowledge-changed', { docIds: [...docIds] });
    sync.wake();
  };
  /** Who saves. The worker judges anew when it gets it; here it only keeps people from work that would not be accepted. */
  const editor = async (docId: string | null = null): Promise<string> => {
    const user = core.user ?? (await store.people.last());
    if (!user)
      throw appError('access.denied', 'Nobody has signed in at this desk yet.', { origin: 'electron' });
    const space = docId === null ? 'knowledge' : spaceOf(docId);
    if (!user.capabilities.includes(SPACE_RIGHTS[space].edit))
      throw appError('access.denied', DENIED[space], { origin: 'electron' });
    return user.name;
  };
  const now = (): number => Date.now();
  return {
    'list-knowledge': async ({ query, filter, space, limit }) => {
      const startedMono = performance.now();
      const { items, ...found } = await store.knowledge.list({ query, filter, space, limit, nowMs: now() });
      const people = [...(await store.people.team())];
      const names = new Map(people.map(({ userId, name }) => [userId, name]));
      const named = items.map(item => ({
        ...item,
        ownerName: item.ownerName === null ? null : (names.get(item.ownerName) ?? item.ownerName),
      }));
      return {
        items: named,
        ...found,
        people,
        tookMs: Math.round((performance.now() - startedMono) * 10) / 10,
      };
    },
    'get-knowledge': ({ docId }) => store.knowledge.get(docId),
    'get-knowledge-history': async ({ docId }) => ({
      revisions: [...(await store.knowledge.history(docId))],
    }),
    'save-knowledge': async edit => {
      const saved = await store.knowledge.save(edit, { author: await editor(edit.docId), nowMs: now() });
      data.record('knowledge.saved', { ...saved, resolves: edit.resolves });
      changed([saved.docId]);
      return saved;
    },
    'keep-unsaved-knowledge': async ({ docId, baseId, markdown, fields }) => {
      await store.outbox.keepUnsaved(docId, { markdown, fields, baseId }, now());
      return {};
    },
    'drop-unsaved-knowledge': async ({ docId }) => {
      await store.outbox.dropUnsaved(docId);
      changed([docId]);
      return {};
    },
    'delete-knowledge': async ({ docId, baseId }) => {
      const deleted = await store.knowledge.remove(docId, baseId, {
        author: await editor(docId),
        nowMs: now(),
      });
      data.record('knowledge.deleted', { docId, ...deleted });
      changed([docId]);
      return deleted;
    },
    'publish-knowledge': async args => {
      const answer = await core.ask(api => api.post('/api/knowledge/publish', args, publishAnswerSchema));
      data.record('knowledge.published', args);
      sync.wake();
      return answer;
    },
    'ask-knowledge': async args => {
      try {
        const ask = core.ask(api => api.post('/api/knowledge/ask', args, askAnswerSchema, ASK_TIMEOUT_MS));
        return { from: 'worker', ...(await ask) };
      } catch (error) {
        const here = isAway(error) ? await store.snapshots.answer(args.question, args.draft) : null;
        if (!here) throw error;
        return { from: 'desk', ...here, passages: [...here.passages] };
      }
    },
    'get-knowledge-usage': ({ docId }) =>
      core.ask(api => api.get(`/api/knowledge/usage?docId=${encodeURIComponent(docId)}`, usageSchema)),
    'import-knowledge': async ({ name, contentBase64 }) => {
      const author = await editor();
      const texts = await files.read(name, Buffer.from(contentBase64, 'base64'));
      const docs: { docId: string; title: string }[] = [];
      for (const { title, markdown, fields } of texts) {
        const edit = {
          docId: null,
          baseId: null,
          markdown,
          fields,
          note: `Imported from ${name}`,
          resolves: [],
        };
        docs.push({ docId: (await store.knowledge.save(edit, { author, nowMs: now() })).docId, title });
      }
      data.record('knowledge.imported', { docIds: docs.map(({ docId }) => docId) });
      changed(docs.map(({ docId }) => docId));
      return { docs };
    },
    'export-knowledge': async ({ docIds }) => {
      const documents = await store.knowledge.texts(docIds);
      const zip = await files.zip(documents);
      data.record('knowledge.exported', { documents: documents.length });
      return {
        fileName: `knowledge-${new Date(now()).toISOString().slice(0, 10)}.zip`,
        zipBase64: Buffer.from(zip).toString('base64'),
      };
    },
    'patch-call-knowledge': async ({ callId, ...patch }) => {
      const path = `/api/calls/${encodeURIComponent(callId)}/knowledge`;
      const answer = await core.ask(api => api.post(path, patch, hotPatchAnswerSchema));
      data.record('knowledge.patched-call', { callId, docId: patch.docId });
      return answer;
    },
    'get-sync': () => sync.status(),
    'sync-now': async () => {
      const status = await sync.status();
      sync.now();
      return status;
    },
  };
}
