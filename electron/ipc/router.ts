import { appError, toErrorBody, type ErrorBody } from '#shared/errors/app-error.ts';
import { commands, type CommandHandlers, type CommandName } from '#shared/ipc/commands.ts';

export type RouterAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorBody };

/** Runs commands of the renderer: parses what arrives, answers always, throws never (IPC10-IPC13). Both shells use it. */
export function createRouter(handlers: CommandHandlers, onBug: (error: unknown) => void) {
  return async (name: unknown, args: unknown): Promise<RouterAnswer> => {
    if (typeof name !== 'string' || !Object.hasOwn(commands, name))
      return refused(appError('input.invalid', 'The desk knows no such command.', { origin: 'electron' }));
    const command = name as CommandName;
    const parsed = commands[command].args.safeParse(args);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refused(
        appError(
          'input.invalid',
          `The command is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
          { origin: 'electron' },
        ),
      );
    }
    try {
      const handler = handlers[command] as (parsedArgs: unknown) => Promise<unknown>;
      return { ok: true, value: await handler(parsed.data) };
    } catch (error) {
      const body = toErrorBody(error, 'electron');
      if (body.code === 'bug.invariant') onBug(error);
      return { ok: false, error: body };
    }
  };
}

function refused(error: { readonly body: ErrorBody }): RouterAnswer {
  return { ok: false, error: error.body };
}
