import type { TicketBook } from '#shared/adapters/ticket-book.ts';
import { appError } from '#shared/errors/app-error.ts';
import { demoTools } from '#worker/tools/demo-tools.ts';
import { ticketTools } from '#worker/tools/ticket-tools.ts';
import { ToolRegistry } from '#worker/tools/tool-registry.ts';

/** Every tool of the worker's org. Throws `input.invalid` when a tool that needs two people does not exist: a typo would let it run. */
export function assembleTools(shopFile: string, book: TicketBook, twoPerson: string | null): ToolRegistry {
  const tools = [...demoTools(shopFile), ...ticketTools(book)];
  const names = (twoPerson ?? '').split(',').flatMap(name => (name.trim() === '' ? [] : [name.trim()]));
  const unknown = names.find(name => !tools.some(tool => tool.name === name));
  if (unknown !== undefined)
    throw appError(
      'input.invalid',
      `--two-person-tools names ${unknown}, which is no tool. Known: ${tools.map(tool => tool.name).join(', ')}.`,
    );
  return new ToolRegistry(tools, names);
}
