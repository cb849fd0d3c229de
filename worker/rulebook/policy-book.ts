// Over 200 lines: one folder is read, compiled, written and watched here, and every rule on it is about the other three.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
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
  /** A host goes by what its worker has put in force last, not by files that somebody may be writing. */
  readonly isFollower?: boolean;
  readonly ask: AskJudge | null;
  /** Other rules are in force. `by` is the person, `file`, or `team` where another worker has put them in force. */
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

/** Files of an org that are no copy of what is in force. */
export interface FileEdits {
  /** Each has a higher version than what is in force of its name. */
  readonly documents: readonly PolicyDocument[];
  readonly problems: readonly string[];
}

/**
 * The rules of every org, and their policy documents as files of this machine. Rules change as a whole or not at all: a document
 * that cannot be used leaves what is in force as it is (POL20-POL24). The truth is what the org has published (`PolicyDocuments`);
 * the files are this worker's copy, with which it starts where the record cannot be read. Every version is kept.
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

  /** Calls `onChange` whenever files of the org have changed. */
  watch(orgId: OrgId, onChange: () => void = () => void this.reload(orgId)): Cancel {
    const folder = this.#folder(orgId);
    mkdirSync(folder, { recursive: true });
    let cancel: Cancel | null = null;
    const watcher = watch(folder, { persistent: false }, () => {
      cancel?.();
      cancel = this.#deps.clock.after(SETTLE_MS, onChange);
    });
    watcher.on('error', () => watcher.close());
    return () => {
      cancel?.();
      watcher.close();
    };
  }

  /** What would be in force with this document, without the policies that ask a model. Throws `policy.invalid`. */
  compileWith(orgId: OrgId, input: unknown): OrgRules {
    const reading = readPolicyDocument(input, 'document');
    if (!reading.ok) throw invalid(reading.faults.map(faultWords));
    return this.#with(orgId, [reading.document], [], null).rules;
  }

  /** Throws `policy.invalid` where these would not go together with what else is in force (POL63). */
  check(orgId: OrgId, own: readonly PolicyDocument[], withdrawn: readonly string[]): void {
    this.#with(orgId, own, withdrawn, this.#deps.ask);
  }

  /**
   * Puts the org's own documents in force, in place of those of their names; `withdrawn` are names the org has no document of any
   * more. Throws `policy.invalid` or `storage.failed`, with the same rules in force as before. @returns whether others are now
   */
  adopt(orgId: OrgId, own: readonly PolicyDocument[], withdrawn: readonly string[], by: string): boolean {
    const page = this.#with(orgId, own, withdrawn, this.#deps.ask);
    try {
      this.#write(orgId, own, withdrawn);
    } catch {
      throw appError('storage.failed', 'The policy documents could not be written. Nothing has changed.', {
        retryable: true,
      });
    }
    const before = this.#page(orgId);
    if (sameDocuments(before.documents, page.documents)) return false;
    // What is wrong with a file stays until the file is read again.
    this.#apply(orgId, { ...page, problems: before.problems }, by);
    return true;
  }

  /** Files that a person has written since they were last put in force, and what cannot be used of them. */
  edits(orgId: OrgId): FileEdits {
    const folder = this.#folder(orgId);
    if (!holdsDocuments(folder)) return { documents: [], problems: [] };
    const { documents, problems } = loadDocuments(folder);
    const inForce = new Map(this.documents(orgId).map(({ document }) => [document.name, document]));
    const edited: PolicyDocument[] = [];
    const refused = [...problems];
    for (const { document } of documents) {
      const now = inForce.get(document.name);
      if (now && textOf(now) === textOf(document)) continue;
      if (now && document.version <= now.version) refused.push(needsHigher(document));
      else edited.push(document);
    }
    return { documents: edited, problems: refused };
  }

  /** Why files are not in force; an empty list when they are. */
  refuse(orgId: OrgId, problems: readonly string[]): void {
    const before = this.#page(orgId);
    if (problems.length > 0 && problems.join() !== before.problems.join())
      this.#deps.onRefused(orgId, problems);
    this.#pages.set(orgId, { ...before, problems });
  }

  /** The highest version of a document that was ever in force here; 0 where there was none. */
  highestVersion(orgId: OrgId, name: string): number {
    const kept = this.versions(orgId)
      .filter(one => one.startsWith(`${name}@`))
      .map(one => Number(one.slice(name.length + 1)));
    const now = this.documents(orgId).find(({ document }) => document.name === name)?.document.version ?? 0;
    return Math.max(0, now, ...kept.filter(Number.isSafeInteger));
  }

  #with(
    orgId: OrgId,
    own: readonly PolicyDocument[],
    withdrawn: readonly string[],
    ask: AskJudge | null,
  ): Page {
    const gone = new Set([...withdrawn, ...own.map(({ name }) => name)]);
    const kept = this.#page(orgId).documents.filter(
      ({ source, document }) => source === 'org' && !gone.has(document.name),
    );
    const all = [...kept, ...own.map(document => ({ source: 'org' as const, document }))];
    const names = new Set(all.map(({ document }) => document.name));
    const shipped = loadDocuments(this.#deps.shipped);
    if (shipped.problems.length > 0) throw invalid(shipped.problems);
    const answer = this.#compile(
      [
        ...shipped.documents
          .filter(({ document }) => !names.has(document.name))
          .map(({ document }) => ({ source: 'shipped' as const, document })),
        ...all,
      ],
      ask,
    );
    if (!answer.ok) throw invalid(answer.problems);
    return answer.page;
  }

  /** The files of the org as they are put in force: one a document, none of a document that is withdrawn. */
  #write(orgId: OrgId, own: readonly PolicyDocument[], withdrawn: readonly string[]): void {
    const folder = this.#folder(orgId);
    const there = holdsDocuments(folder) ? loadDocuments(folder).documents : [];
    for (const { file, document } of there) {
      const isNow = own.some(({ name }) => file === join(folder, `${name}.json`) && name === document.name);
      if (!isNow && (withdrawn.includes(document.name) || own.some(({ name }) => name === document.name)))
        rmSync(file);
    }
    if (own.length > 0) mkdirSync(folder, { recursive: true });
    const now = new Map(this.documents(orgId).map(({ document }) => [document.name, textOf(document)]));
    for (const document of own) {
      const file = join(folder, `${document.name}.json`);
      // A file that somebody is writing is left alone as long as its document stays as it is.
      if (now.get(document.name) !== textOf(document) || !existsSync(file)) writeWhole(file, document);
    }
  }

  #page(orgId: OrgId): Page {
    const known = this.#pages.get(orgId);
    if (known) return known;
    const answer = this.#read(orgId);
    const page: Page = answer.ok ? answer.page : this.#lastApplied(orgId, answer.problems);
    this.#pages.set(orgId, page);
    if (answer.ok) this.#remember(orgId, page);
    else this.#deps.onRefused(orgId, answer.problems);
    return page;
  }

  #read(orgId: OrgId): PageAnswer {
    if (this.#deps.isFollower === true && existsSync(join(this.#folder(orgId), APPLIED_FILE)))
      try {
        return { ok: true, page: this.#lastApplied(orgId, []) };
      } catch {
        // Being written, or broken: the files are read instead.
      }
    const shipped = loadDocuments(this.#deps.shipped);
    const folder = this.#folder(orgId);
    const own = holdsDocuments(folder) ? loadDocuments(folder) : { documents: [], problems: [] };
    const problems = [...shipped.problems, ...own.problems];
    for (const { document } of own.documents) {
      if (this.#isOther(orgId, document)) problems.push(needsHigher(document));
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
    if (this.#deps.isFollower === true) return;
    const isOwn = documents.some(({ source }) => source === 'org');
    if (!isOwn && !existsSync(join(this.#folder(orgId), APPLIED_FILE))) return;
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
    if (existsSync(file)) {
      if (!this.#isOther(orgId, document)) return;
      // Written here before this worker was one of a team, or while it was away: the team's words have the number.
      renameSync(file, `${file}.of-this-worker`);
    }
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

const needsHigher = ({ name, version }: PolicyDocument): string =>
  `${name}@${version} was in force with other words; a changed document needs a higher version`;

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
