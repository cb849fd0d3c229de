import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  TicketDedupe,
  TicketingAdapter,
  TicketingCheckStep,
  TicketingContext,
  TicketQuery,
  TicketWriteContext,
} from '#shared/adapters/ticketing-adapter.ts';
import type { TicketToolMapping } from '#shared/config/ticketing-config.ts';
import type { Clock } from '#shared/domain/clock.ts';
import {
  TICKET_PRIORITIES,
  TICKET_STATUSES,
  type Ticket,
  type TicketDraft,
  type TicketPatch,
} from '#shared/domain/ticket.ts';
import { AppError, appError } from '#shared/errors/app-error.ts';
import type { McpLink, McpTool } from './mcp-link.ts';
import { malformed, unknownTicket } from './ticketing-faults.ts';
import {
  fillTemplate,
  queryWords,
  readPath,
  usesValue,
  type Json,
  type TemplateValues,
} from './tool-mapping.ts';

export interface McpTicketingDeps {
  readonly provider: string;
  readonly mapping: TicketToolMapping;
  readonly dedupe: TicketDedupe;
  readonly link: McpLink;
  readonly clock: Clock;
}

const idSchema = z.union([z.string().min(1).max(200), z.number().int()]).transform(String);
const textSchema = z.union([z.string(), z.number()]).transform(value => String(value).slice(0, 500));
const MAX_REMEMBERED = 10_000;
const OPERATIONS = ['create', 'get', 'search', 'find', 'update', 'note'] as const;
type Operation = (typeof OPERATIONS)[number];

/** A ticket and the marks it carries. */
interface MarkedTicket extends Ticket {
  readonly orgMarks: readonly string[];
  readonly keyMarks: readonly string[];
}

/**
 * A ticket system behind an MCP server. Tool names and shapes come from the mapping; the server is trusted with nothing: every
 * ticket we make carries the mark of its org, and a ticket without it does not exist for us (TIC5, TIC10-TIC15, req:T9).
 */
export class McpTicketingAdapter implements TicketingAdapter {
  readonly provider: string;
  readonly dedupe: TicketDedupe;
  readonly #deps: McpTicketingDeps;
  /** Wishes that are on their way, and those that have been tried: a second try looks first, whatever it was told. */
  readonly #creating = new Map<string, Promise<{ readonly ticketId: string }>>();
  readonly #tried = new Set<string>();

  constructor(deps: McpTicketingDeps) {
    this.provider = deps.provider;
    this.dedupe = deps.dedupe;
    this.#deps = deps;
  }

  createTicket(draft: TicketDraft, context: TicketWriteContext): Promise<{ readonly ticketId: string }> {
    const key = `${context.orgId}\n${context.idempotencyKey}`;
    const running = this.#creating.get(key);
    if (running) return running;
    const isRetry = context.isRetry || this.#tried.has(key);
    this.#tried.add(key);
    const [oldest] = this.#tried;
    if (this.#tried.size > MAX_REMEMBERED && oldest !== undefined) this.#tried.delete(oldest);
    const created = this.#create(draft, { ...context, isRetry }).finally(() => this.#creating.delete(key));
    this.#creating.set(key, created);
    return created;
  }

  async #create(draft: TicketDraft, context: TicketWriteContext): Promise<{ readonly ticketId: string }> {
    const values = marksOf(context);
    if (context.isRetry && this.dedupe.kind === 'search') {
      const made = await this.#tickets('find', { ...values, limit: 10 }, context);
      const mine = made.filter(ticket => ticket.keyMarks.includes(values.keyMark));
      const [first] = mine.toSorted((a, b) => a.ticketId.localeCompare(b.ticketId, 'en', { numeric: true }));
      if (first) return { ticketId: first.ticketId };
    }
    const { mapping } = this.#deps;
    const answer = await this.#call('create', context, {
      ...values,
      subject: draft.subject,
      description: draft.description,
      priority: firstWord(mapping.priority[draft.priority]),
      tags: [...draft.tags, values.orgMark, values.keyMark],
      plainTags: draft.tags,
      'requester.name': draft.requester.name === '' ? undefined : draft.requester.name,
      'requester.phone': draft.requester.phone ?? undefined,
      'requester.email': draft.requester.email ?? undefined,
      metadata: draft.metadata,
    });
    const ticketId = idSchema.safeParse(readPath(answer, mapping.create.ticketId));
    if (!ticketId.success) throw malformed('the id of a ticket');
    return { ticketId: ticketId.data };
  }

  async updateTicket(ticketId: string, patch: TicketPatch, context: TicketWriteContext): Promise<void> {
    const { mapping } = this.#deps;
    const template = mapping.update.args;
    if (patch.tags && !usesValue(template, 'tags'))
      throw appError('ticketing.refused', 'This ticket system keeps no tags that can be changed.');
    const before = await this.#own(ticketId, context);
    const values = marksOf(context);
    await this.#call('update', context, {
      ...values,
      ticketId,
      subject: patch.subject,
      status: patch.status && firstWord(mapping.status[patch.status]),
      priority: patch.priority && firstWord(mapping.priority[patch.priority]),
      // The whole list is replaced at the server: the marks have to stay.
      tags: patch.tags && [...new Set([...patch.tags, ...before.orgMarks, ...before.keyMarks])],
    });
  }

  async searchTickets({ text, limit }: TicketQuery, context: TicketingContext): Promise<readonly Ticket[]> {
    const found = await this.#tickets(
      'search',
      { ...marksOf(context), text: queryWords(text), limit },
      context,
    );
    return found.slice(0, limit).map(({ ticketId, subject, status, priority, tags }) => ({
      ticketId,
      subject,
      status,
      priority,
      tags,
    }));
  }

  async addInternalNote(ticketId: string, note: string, context: TicketWriteContext): Promise<void> {
    await this.#own(ticketId, context);
    await this.#call('note', context, { ...marksOf(context), ticketId, note });
  }

  async *check(context: TicketingContext): AsyncGenerator<TicketingCheckStep, void> {
    const { link, clock } = this.#deps;
    let tools: readonly McpTool[] = [];
    const steps: readonly (readonly [TicketingCheckStep['step'], () => Promise<string>])[] = [
      ['connect', async () => (await link.connect(context.signal), 'Connected.')],
      [
        'list-tools',
        async () => {
          tools = await link.tools(context.signal);
          return `The server has ${String(tools.length)} tools.`;
        },
      ],
      ['map', () => Promise.resolve(this.#checkMapping(tools))],
      [
        'search',
        async () => {
          const found = await this.searchTickets({ text: '', limit: 1 }, context);
          return found.length === 0
            ? 'The search answers; it finds no ticket of this org yet.'
            : 'The search answers.';
        },
      ],
    ];
    for (const [step, run] of steps) {
      const startedMono = clock.mono();
      try {
        const detail = await run();
        yield { step, ok: true, tookMs: clock.mono() - startedMono, detail, code: null };
      } catch (error) {
        const fault = AppError.is(error) ? error : malformed('what was asked for');
        const { message, code } = fault.body;
        yield { step, ok: false, tookMs: clock.mono() - startedMono, detail: message, code };
        return;
      }
    }
  }

  close(): Promise<void> {
    return this.#deps.link.close();
  }

  /** The ticket, if it is one of this org; anybody else's does not exist. */
  async #own(ticketId: string, context: TicketingContext): Promise<MarkedTicket> {
    const marks = marksOf(context);
    const answer = await this.#call('get', context, { ...marks, ticketId });
    const ticket = this.#read(readPath(answer, this.#deps.mapping.get.ticket));
    if (!ticket?.orgMarks.includes(marks.orgMark) || ticket.ticketId !== ticketId) throw unknownTicket();
    return ticket;
  }

  async #tickets(
    operation: 'search' | 'find',
    values: Marks,
    context: TicketingContext,
  ): Promise<readonly MarkedTicket[]> {
    const answer = await this.#call(operation, context, values);
    const list = readPath(answer, this.#deps.mapping[operation].tickets);
    if (!Array.isArray(list)) throw malformed('a list of tickets');
    return list
      .slice(0, 200)
      .map(item => this.#read(item))
      .filter(ticket => ticket !== null)
      .filter(ticket => ticket.orgMarks.includes(values.orgMark));
  }

  #call(operation: Operation, context: TicketingContext, values: TemplateValues): Promise<unknown> {
    const { name, args } = this.#deps.mapping[operation];
    const filled = fillTemplate(args, values) as Record<string, unknown>;
    return this.#deps.link.call(name, filled, context.signal);
  }

  /** @returns null for what is no ticket; its text is cut, its words become ours */
  #read(item: unknown): MarkedTicket | null {
    const { fields, status, priority } = this.#deps.mapping;
    const ticketId = idSchema.safeParse(readPath(item, fields.ticketId));
    if (!ticketId.success) return null;
    const text = (path: string): string => textSchema.safeParse(readPath(item, path)).data ?? '';
    const orgMarks = listOf(readPath(item, fields.orgMark)).filter(isMark);
    const keyMarks = listOf(readPath(item, fields.keyMark)).filter(isMark);
    const statusWord = text(fields.status);
    const priorityWord = text(fields.priority);
    return {
      ticketId: ticketId.data,
      subject: text(fields.subject),
      status: TICKET_STATUSES.find(name => wordsOf(status[name]).includes(statusWord)) ?? 'open',
      priority: TICKET_PRIORITIES.find(name => wordsOf(priority[name]).includes(priorityWord)) ?? 'normal',
      tags: fields.tags === null ? [] : listOf(readPath(item, fields.tags)).filter(tag => !isMark(tag)),
      orgMarks,
      keyMarks,
    };
  }

  #checkMapping(tools: readonly McpTool[]): string {
    const { mapping } = this.#deps;
    for (const operation of OPERATIONS) {
      const { name, args } = mapping[operation];
      const tool = tools.find(candidate => candidate.name === name);
      if (!tool)
        throw misconfigured(
          `The server has no tool ${name}, which "${operation}" needs. It has: ${tools
            .map(known => known.name)
            .join(', ')
            .slice(0, 400)}. Set tools.${operation}.name.`,
        );
      const missing = tool.required.find(field => !(field in args));
      if (missing !== undefined)
        throw misconfigured(`The tool ${name} needs ${missing}. Add it to tools.${operation}.args.`);
      const unknown = Object.keys(args).find(field => tool.fields.length > 0 && !tool.fields.includes(field));
      if (unknown !== undefined)
        throw misconfigured(
          `The tool ${name} does not take ${unknown}; it takes ${tool.fields.join(', ')}. Change tools.${operation}.args.`,
        );
    }
    return 'Every operation has its tool, and the arguments fit.';
  }
}

const misconfigured = (message: string): AppError => appError('ticketing.misconfigured', message);

const MARK = 'sidetone_';
const isMark = (tag: string): boolean => tag.startsWith(MARK);
/** Short, of letters every vendor allows in a tag, and telling nobody the name of an org. */
const mark = (kind: string, id: string): string =>
  `${MARK}${kind}_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;

interface Marks {
  readonly [name: string]: Json | undefined;
  readonly orgMark: string;
  /** Of no wish: nothing carries it. */
  readonly keyMark: string;
}

function marksOf(context: TicketingContext | TicketWriteContext): Marks {
  const { orgId } = context;
  const orgMark = mark('org', orgId);
  if (!('idempotencyKey' in context)) return { orgMark, keyMark: '' };
  const { idempotencyKey } = context;
  return { orgMark, keyMark: mark('key', `${orgId}\n${idempotencyKey}`), idempotencyKey };
}

const wordsOf = (words: string | readonly string[]): readonly string[] =>
  typeof words === 'string' ? [words] : words;
const firstWord = (words: string | readonly string[]): string => wordsOf(words)[0] ?? '';

/** A list of short texts; a single text counts as its words. */
function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/u).filter(word => word !== '');
  if (!Array.isArray(value)) return [];
  return value
    .filter(item => typeof item === 'string')
    .map(item => item.slice(0, 120))
    .slice(0, 100);
}
