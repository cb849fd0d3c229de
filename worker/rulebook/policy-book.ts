import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Cancel } from '#shared/domain/clock.ts';
import type { OrgId } from '#shared/domain/ids.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { faultWords } from '#shared/domain/policy-faults.ts';
import { readPolicyDocument } from '#shared/domain/read-policy-document.ts';
import { appError } from '#shared/errors/app-error.ts';
import type { AskJudge } from '#worker/policies/model-judge.ts';
import { loadDocuments } from './load-documents.ts';
import { compileDocuments, type OrgRules } from './org-rules.ts';

/** Several writes of one edit come close together. */
const SETTLE_MS = 150;
const ORG_FOLDER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** The documents that were in force last; what a worker starts with when somebody has broken a file meanwhile. */
const APPLIED_FILE = '.applied.json';
const VERSIONS_FOLDER = 'versions';

export interface PolicyBookDeps {
  readonly clock: Clock;
  /** Documents every org begins with. */
  readonly shipped: string;
  /** Holds one folder per org with its own documents; one replaces the shipped document of its name. */
  readonly folder: string;
  readonly ask: AskJudge | null;
  /** Other rules are in force. `by` is the person, or `file`. */
  readonly onApplied: (orgId: OrgId, label: string, by: string) => void;
  /** Documents were refused and the ones before stay in force. */
  readonly onRefused: (orgId: OrgId, problems: readonly string[]) => void;
}

export interface BookDocument {
  readonly source: 'shipped' | 'org';
  readonly document: PolicyDocument;
}

/** What holds for one org. */
interface Page {
  readonly documents: readonly BookDocument[];
  readonly rules: OrgRules;
  /** Why what lies in the folder now is not in force; empty when it is. */
  readonly problems: readonly string[];
}

type PageAnswer =
  { readonly ok: true; readonly page: Page } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The policy documents of every org, and the rules they make. Rules change as a whole or not at all: a document that cannot
 * be used leaves what is in force as it is (POL20-POL24). Files are the truth; every version that was ever in force is kept.
 */
export class PolicyBook {
  readonly #deps: PolicyBookDeps;
  readonly #pages = new Map<OrgId, Page>();

  constructor(deps: PolicyBookDeps) {
    this.#deps = deps;
  }

  /** Rules in force now; the first time they are read from the folder. Throws `policy.invalid` when there are none to use. */
  rules(orgId: OrgId): OrgRules {
    return this.#page(orgId).rules;
  }

  documents(orgId: OrgId): readonly BookDocument[] {
    return this.#page(orgId).documents;
  }

  problems(orgId: OrgId): readonly string[] {
    return this.#page(orgId).problems;
  }

  /** Every version of the org's own documents that was ever in force, `name@version`. */
  versions(orgId: OrgId): readonly string[] {
    try {
      return readdirSync(join(this.#folder(orgId), VERSIONS_FOLDER))
        .filter(file => file.endsWith('.json'))
        .map(file => file.slice(0, -'.json'.length))
        .sort();
    } catch {
      return [];
    }
  }

  /** Reads the folder again. @returns whether other rules are in force now */
  reload(orgId: OrgId): boolean {
    const before = this.#page(orgId);
    const answer = this.#read(orgId);
    if (!answer.ok) {
      if (answer.problems.join() !== before.problems.join()) this.#deps.onRefused(orgId, answer.problems);
      this.#pages.set(orgId, { ...before, problems: answer.problems });
      return false;
    }
    if (sameDocuments(before.documents, answer.page.documents)) {
      this.#pages.set(orgId, { ...before, problems: [] });
      return false;
    }
    this.#apply(orgId, answer.page, 'file');
    return true;
  }

  /** Reloads whenever a file of the org changes. */
  watch(orgId: OrgId): Cancel {
    const folder = this.#folder(orgId);
    mkdirSync(folder, { recursive: true });
    let cancel: Cancel | null = null;
    const watcher = watch(folder, { persistent: false }, () => {
      cancel?.();
      cancel = this.#deps.clock.after(SETTLE_MS, () => this.reload(orgId));
    });
    watcher.on('error', () => watcher.close());
    return () => {
      cancel?.();
      watcher.close();
    };
  }

  /** What would be in force with this document, without the policies that ask a model. Throws `policy.invalid`. */
  compileWith(orgId: OrgId, input: unknown): OrgRules {
    return this.#with(orgId, input, null).page.rules;
  }

  /** Puts a document in force and keeps it. Throws `policy.invalid`, `policy.version-taken` or `storage.failed`, with nothing changed. */
  publish(orgId: OrgId, input: unknown, by: string): OrgRules {
    const { document, page } = this.#with(orgId, input, this.#deps.ask);
    const { name, version } = document;
    const current =
      this.#page(orgId).documents.find(one => one.document.name === name)?.document.version ?? 0;
    const taken = existsSync(this.#versionFile(orgId, document));
    if (version <= current || taken)
      throw appError(
        'policy.version-taken',
        `${name}@${current} is in force${taken ? `, and ${name}@${version} was used before` : ''}. Give the document a higher version.`,
      );
    try {
      mkdirSync(this.#folder(orgId), { recursive: true });
      writeWhole(join(this.#folder(orgId), `${name}.json`), document);
    } catch {
      throw appError('storage.failed', 'The policy document could not be written. Nothing has changed.');
    }
    this.#apply(orgId, page, by);
    return page.rules;
  }

  #with(
    orgId: OrgId,
    input: unknown,
    ask: AskJudge | null,
  ): { readonly document: PolicyDocument; readonly page: Page } {
    const reading = readPolicyDocument(input, 'document');
    if (!reading.ok) throw invalid(reading.faults.map(faultWords));
    const { document } = reading;
    const answer = this.#compile(
      [
        ...this.#page(orgId).documents.filter(one => one.document.name !== document.name),
        { source: 'org', document },
      ],
      ask,
    );
    if (!answer.ok) throw invalid(answer.problems);
    return { document, page: answer.page };
  }

  #page(orgId: OrgId): Page {
    const known = this.#pages.get(orgId);
    if (known) return known;
    const answer = this.#read(orgId);
    const page = answer.ok ? answer.page : this.#lastApplied(orgId, answer.problems);
    this.#pages.set(orgId, page);
    if (answer.ok) this.#remember(orgId, page);
    else this.#deps.onRefused(orgId, answer.problems);
    return page;
  }

  #read(orgId: OrgId): PageAnswer {
    const shipped = loadDocuments(this.#deps.shipped);
    const folder = this.#folder(orgId);
    const own = holdsDocuments(folder) ? loadDocuments(folder) : { documents: [], problems: [] };
    const problems = [...shipped.problems, ...own.problems];
    for (const { document } of own.documents) {
      if (this.#isOther(orgId, document))
        problems.push(
          `${document.name}@${document.version} was in force with other words; a changed document needs a higher version`,
        );
    }
    if (problems.length > 0) return { ok: false, problems };
    const names = own.documents.map(({ document }) => document.name);
    return this.#compile(
      [
        ...shipped.documents
          .filter(({ document }) => !names.includes(document.name))
          .map(({ document }) => ({ source: 'shipped' as const, document })),
        ...own.documents.map(({ document }) => ({ source: 'org' as const, document })),
      ],
      this.#deps.ask,
    );
  }

  #compile(documents: readonly BookDocument[], ask: AskJudge | null): PageAnswer {
    const answer = compileDocuments(
      documents.map(({ document }) => document),
      ask,
    );
    return answer.ok
      ? { ok: true, page: { documents, rules: answer.rules, problems: [] } }
      : { ok: false, problems: answer.faults.map(faultWords) };
  }

  #apply(orgId: OrgId, page: Page, by: string): void {
    this.#pages.set(orgId, page);
    this.#remember(orgId, page);
    this.#deps.onApplied(orgId, page.rules.label, by);
  }

  /** For the next start and for the record. Failing to does not take back what is in force. */
  #remember(orgId: OrgId, { documents }: Page): void {
    if (!documents.some(({ source }) => source === 'org')) return;
    try {
      for (const { source, document } of documents) if (source === 'org') this.#keep(orgId, document);
      writeWhole(join(this.#folder(orgId), APPLIED_FILE), documents);
    } catch {
      this.#deps.onRefused(orgId, ['The policy documents in force could not be written down.']);
    }
  }

  #lastApplied(orgId: OrgId, problems: readonly string[]): Page {
    const text = readText(join(this.#folder(orgId), APPLIED_FILE));
    const stored = text === null ? [] : (JSON.parse(text) as readonly BookDocument[]);
    const documents = stored.flatMap(({ source, document }) => {
      const reading = readPolicyDocument(document, 'document');
      return reading.ok ? [{ source, document: reading.document }] : [];
    });
    const answer = this.#compile(documents, this.#deps.ask);
    // Without rules nothing may be said: a worker that has none does not start.
    if (documents.length === 0 || documents.length < stored.length || !answer.ok) throw invalid(problems);
    return { ...answer.page, problems };
  }

  /** Whether this version was in force with other words. What was kept is read as the present format reads it. */
  #isOther(orgId: OrgId, document: PolicyDocument): boolean {
    const text = readText(this.#versionFile(orgId, document));
    if (text === null) return false;
    const kept = readPolicyDocument(JSON.parse(text), document.name);
    return !kept.ok || textOf(kept.document) !== textOf(document);
  }

  #keep(orgId: OrgId, document: PolicyDocument): void {
    const file = this.#versionFile(orgId, document);
    if (existsSync(file)) return;
    mkdirSync(join(this.#folder(orgId), VERSIONS_FOLDER), { recursive: true });
    writeWhole(file, document);
  }

  #versionFile(orgId: OrgId, { name, version }: PolicyDocument): string {
    return join(this.#folder(orgId), VERSIONS_FOLDER, `${name}@${version}.json`);
  }

  #folder(orgId: OrgId): string {
    if (!ORG_FOLDER.test(orgId)) throw appError('input.invalid', 'This is not the name of an org.');
    return join(this.#deps.folder, orgId);
  }
}

function invalid(problems: readonly string[]) {
  return appError('policy.invalid', problems.join('\n'));
}

function holdsDocuments(folder: string): boolean {
  try {
    return readdirSync(folder).some(file => file.endsWith('.json') && !file.startsWith('.'));
  } catch {
    return false;
  }
}

const textOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** The old file or the new one, never half of either. */
function writeWhole(file: string, value: unknown): void {
  const draft = `${file}.tmp`;
  writeFileSync(draft, textOf(value), { flush: true });
  renameSync(draft, file);
}

function sameDocuments(a: readonly BookDocument[], b: readonly BookDocument[]): boolean {
  const words = (documents: readonly BookDocument[]): string =>
    textOf(documents.map(({ document }) => document).sort((x, y) => (x.name < y.name ? -1 : 1)));
  return words(a) === words(b);
}
