// Over 200 lines: the four ways by which a document comes in force end in the same steps, which are read together.
import type { KnowledgeBook, KnowledgeWriter } from '#shared/adapters/knowledge-book.ts';
import type { Cancel, Clock } from '#shared/domain/clock.ts';
import { policyDocId, policyNameOf, spaceOf } from '#shared/domain/document-space.ts';
import type { OrgId, UserId } from '#shared/domain/ids.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { faultWords } from '#shared/domain/policy-faults.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { SavedRevision } from '#shared/protocol/knowledge.ts';
import type { PolicyBook } from './policy-book.ts';
import {
  API_DEVICE,
  documentOfRevision,
  FOLDER_DEVICE,
  inForceRevision,
  isOutOfForce,
  revisionOfDocument,
  SHIPPED_DEVICE,
  versionOf,
} from './policy-revisions.ts';

/** As `by` of rules that another worker has put in force; that worker has put it on record. */
export const BY_TEAM = 'team';
const BY_FILE = 'file';

export interface PolicyDocumentsDeps {
  readonly book: Pick<
    KnowledgeBook,
    | 'saveRevision'
    | 'publishRevision'
    | 'publishedRevisions'
    | 'knowledgeDocument'
    | 'knowledgeRevision'
    | 'knowledgeChanges'
  >;
  readonly rules: PolicyBook;
  readonly clock: Clock;
  /** Something is published here, and other workers have to hear of it. */
  readonly onPublished: (orgId: OrgId) => void;
  /** The record is away or a document of it cannot be used; what is in force stays. */
  readonly onError: (error: unknown) => void;
}

/** Who puts something in force. */
export interface PolicyPerson {
  readonly userId: string;
  readonly name: string;
}

export interface PutInForce {
  readonly publishedId: string;
  readonly version: number;
  /** As verdicts name what is in force now. */
  readonly label: string;
}

interface Published {
  readonly revisions: ReadonlyMap<string, SavedRevision>;
  /** The org's own documents; a shipped one that nobody changed is none. */
  readonly own: readonly PolicyDocument[];
  readonly withdrawn: readonly string[];
}

/**
 * The policies of every org as documents of its book (POL60-POL66). What is published is in force on every worker; the rules and the
 * files of this worker follow it. One thing after the other: nothing is put in force over what nobody has looked at.
 */
export class PolicyDocuments {
  readonly #deps: PolicyDocumentsDeps;
  /** Orgs whose documents of this machine are in their book. */
  readonly #taken = new Set<OrgId>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: PolicyDocumentsDeps) {
    this.#deps = deps;
  }

  /** Takes in what is in force here and the org's book does not have, then goes by the book. Never rejects. */
  async start(orgId: OrgId): Promise<void> {
    await this.follow(orgId).catch(this.#deps.onError);
  }

  /** Puts in force here what is published. Rejects with `storage.*` and `policy.invalid`; what is in force stays then. */
  follow(orgId: OrgId): Promise<void> {
    return this.#one(async () => {
      if (!this.#taken.has(orgId)) await this.#takeIn(orgId);
      this.#taken.add(orgId);
      await this.#takeFiles(orgId);
      const { own, withdrawn } = await this.#published(orgId);
      this.#deps.rules.adopt(orgId, own, withdrawn, BY_TEAM);
    });
  }

  /** Takes in files that somebody has written (POL65). Never rejects: why one is not in force stands in the problems. */
  takeFiles(orgId: OrgId): Promise<void> {
    return this.#one(() => this.#takeFiles(orgId)).catch(this.#deps.onError);
  }

  watchFiles(orgId: OrgId): Cancel {
    return this.#deps.rules.watch(orgId, () => void this.takeFiles(orgId));
  }

  /**
   * Publishes the newest text of a policy. Everything is compiled before anything is written (POL63). Rejects with `policy.invalid`,
   * `knowledge.unknown`, `knowledge.conflict`, `knowledge.refused` and `storage.*`.
   */
  putInForce(orgId: OrgId, person: PolicyPerson, docId: string, revisionId: string): Promise<PutInForce> {
    return this.#one(() => this.#putInForce(orgId, person, docId, revisionId));
  }

  /** The same for a document with its version, as it comes over the API. Rejects also with `policy.version-taken`. */
  putDocument(orgId: OrgId, person: PolicyPerson, input: unknown): Promise<{ readonly label: string }> {
    const reading = readPolicyDocument(input, 'document');
    if (!reading.ok)
      return Promise.reject(appError('policy.invalid', reading.faults.map(faultWords).join('\n')));
    return this.#one(async () => {
      await this.#putDocuments(orgId, person, [reading.document], API_DEVICE);
      return { label: this.#deps.rules.rules(orgId).label };
    });
  }

  async #putInForce(
    orgId: OrgId,
    person: PolicyPerson,
    docId: string,
    revisionId: string,
  ): Promise<PutInForce> {
    const { book, rules, clock } = this.#deps;
    const known = await book.knowledgeDocument(orgId, docId);
    const text = await book.knowledgeRevision(orgId, docId, revisionId);
    if (!known || !text)
      throw appError('knowledge.unknown', 'The worker does not have this text of the policy.');
    const { state } = known;
    const before = await this.#published(orgId);
    const now = before.revisions.get(docId);
    // The same again, as after a lost answer: what is in force was made of this text.
    if (now && (now.id === revisionId || now.parents.includes(revisionId)))
      return { publishedId: now.id, version: state.version, label: rules.rules(orgId).label };
    if (state.headId !== revisionId)
      throw appError(
        'knowledge.refused',
        'Somebody has changed this policy meanwhile. Read the newest text, then put that in force.',
      );
    await this.#refuseConflicts(orgId, docId, state.version);
    const name = policyNameOf(docId);
    const version = Math.max(rules.highestVersion(orgId, name), now ? versionOf(now) : 0) + 1;
    const others = before.own.filter(one => one.name !== name);
    const withdraws = isOutOfForce(text);
    rules.check(
      orgId,
      withdraws ? others : [...others, documentOfRevision(text, version)],
      withdraws ? [...before.withdrawn, name] : before.withdrawn.filter(one => one !== name),
    );
    const revision = inForceRevision(text, version, clock.now());
    await this.#save(orgId, revision, person);
    const published = await this.#publish(orgId, revision);
    await this.#adopt(orgId, person.userId);
    return { publishedId: revision.id, version: published, label: rules.rules(orgId).label };
  }

  /** Documents that come with their version, compiled together and put in force one after the other. */
  async #putDocuments(
    orgId: OrgId,
    person: PolicyPerson,
    documents: readonly PolicyDocument[],
    deviceId: string,
  ): Promise<void> {
    const { book, rules, clock } = this.#deps;
    const before = await this.#published(orgId);
    const names = documents.map(({ name }) => name);
    for (const { name, version } of documents) {
      const published = before.revisions.get(policyDocId(name));
      const current = Math.max(published ? versionOf(published) : 0, versionInForce(rules, orgId, name));
      const isUsed = rules.versions(orgId).includes(`${name}@${String(version)}`);
      if (version > current && !isUsed) continue;
      throw appError(
        'policy.version-taken',
        `${name}@${String(current)} is in force${isUsed ? `, and ${name}@${String(version)} was used before` : ''}. Give the document a higher version.`,
      );
    }
    rules.check(
      orgId,
      [...before.own.filter(({ name }) => !names.includes(name)), ...documents],
      before.withdrawn.filter(name => !names.includes(name)),
    );
    const revisions: SavedRevision[] = [];
    for (const document of documents) {
      const docId = policyDocId(document.name);
      // Written over what is in force: what somebody is drafting is merged with it and not lost (KN5).
      const base = before.revisions.get(docId) ?? (await book.knowledgeDocument(orgId, docId))?.head ?? null;
      const note = `Version ${String(document.version)}, ${deviceId === API_DEVICE ? 'by the API' : 'from a file'}`;
      revisions.push(revisionOfDocument(document, { deviceId, savedAtMs: clock.now(), before: base, note }));
    }
    for (const revision of revisions) {
      await this.#save(orgId, revision, person);
      await this.#publish(orgId, revision);
    }
    await this.#adopt(orgId, person.userId);
  }

  /** What is in force here and not in the book; a shipped document that nobody changed follows the software (POL62). */
  async #takeIn(orgId: OrgId): Promise<void> {
    const { book, rules, clock } = this.#deps;
    for (const { source, document } of rules.documents(orgId)) {
      const docId = policyDocId(document.name);
      const isShipped = source === 'shipped';
      const known = await book.knowledgeDocument(orgId, docId);
      const now = (await this.#published(orgId)).revisions.get(docId) ?? null;
      const isNewer = now !== null && versionOf(now) < document.version;
      if (known && !(isNewer && (!isShipped || now.deviceId === SHIPPED_DEVICE))) continue;
      const origin = {
        deviceId: isShipped ? SHIPPED_DEVICE : FOLDER_DEVICE,
        savedAtMs: clock.now(),
        before: now,
        note: isShipped ? 'Comes with the software' : 'From a file of a worker',
      };
      try {
        const revision = revisionOfDocument(document, origin);
        await this.#save(orgId, revision, { userId: BY_FILE, name: isShipped ? 'Sidetone' : 'Policy files' });
        await this.#publish(orgId, revision);
      } catch (error) {
        // Another worker's document of this name is the org's; one too large for the book stays a file.
        if (AppError.is(error) && error.body.code.startsWith('storage.')) throw error;
        this.#deps.onError(error);
      }
    }
  }

  async #takeFiles(orgId: OrgId): Promise<void> {
    const { rules } = this.#deps;
    const { documents, problems } = rules.edits(orgId);
    if (problems.length > 0 || documents.length === 0) {
      rules.refuse(orgId, problems);
      return;
    }
    try {
      await this.#putDocuments(orgId, { userId: BY_FILE, name: 'Policy files' }, documents, FOLDER_DEVICE);
      rules.refuse(orgId, []);
    } catch (error) {
      if (!AppError.is(error)) throw error;
      rules.refuse(orgId, error.body.message.split('\n'));
      // Tried again when the record is there.
      if (error.body.code.startsWith('storage.')) throw error;
    }
  }

  async #adopt(orgId: OrgId, by: string): Promise<void> {
    const { own, withdrawn } = await this.#published(orgId);
    this.#deps.rules.adopt(orgId, own, withdrawn, by);
    this.#deps.onPublished(orgId);
  }

  async #published(orgId: OrgId): Promise<Published> {
    const revisions = (await this.#deps.book.publishedRevisions(orgId)).filter(
      ({ docId }) => spaceOf(docId) === 'policies',
    );
    const inForce = revisions.filter(one => !isOutOfForce(one) && one.deviceId !== SHIPPED_DEVICE);
    return {
      revisions: new Map(revisions.map(one => [one.docId, one])),
      own: inForce.map(one => documentOfRevision(one, versionOf(one))),
      withdrawn: revisions.filter(isOutOfForce).map(({ docId }) => policyNameOf(docId)),
    };
  }

  async #refuseConflicts(orgId: OrgId, docId: string, version: number): Promise<void> {
    const { conflicts } = await this.#deps.book.knowledgeChanges(orgId, version - 1, 1);
    if (conflicts.some(one => one.docId === docId && one.resolvedBy === null)) throw openConflict();
  }

  async #save(orgId: OrgId, revision: SavedRevision, { userId, name }: PolicyPerson): Promise<void> {
    const { book, clock } = this.#deps;
    const writer: KnowledgeWriter = { userId: userId as UserId, name, atMs: clock.now() };
    const answer = await book.saveRevision(orgId, revision, writer);
    if (answer.outcome === 'refused')
      throw appError('knowledge.refused', `${revision.docId}: ${answer.message}`);
  }

  /** @returns the org's counter after it */
  async #publish(orgId: OrgId, { docId, id }: SavedRevision): Promise<number> {
    const answer = await this.#deps.book.publishRevision(orgId, docId, id);
    if (answer.outcome === 'published') return answer.version;
    if (answer.reason === 'open-conflict') throw openConflict();
    throw appError(
      'knowledge.refused',
      'Somebody has put another text of this policy in force meanwhile. Read it, then try again.',
    );
  }

  #one<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

const versionInForce = (rules: PolicyBook, orgId: OrgId, name: string): number =>
  rules.documents(orgId).find(({ document }) => document.name === name)?.document.version ?? 0;

const openConflict = (): AppError =>
  appError(
    'knowledge.conflict',
    'Two people changed the same clause. Decide which text stands, then put it in force.',
  );
