import type { Answer, Args, CommandName } from './commands.ts';
import type { DeskNotice, DeskNoticeName } from './notices.ts';
import type { DeskStream, StreamArgs, StreamHandlers, StreamName } from './streams.ts';

/** `window.desk`: all that the renderer can reach. The same in both shells. */
export interface DeskBridge {
  run<C extends CommandName>(name: C, args: Args<C>): Promise<Answer<C>>;
  onNotice<N extends DeskNoticeName>(name: N, listener: (notice: DeskNotice<N>) => void): () => void;
  open<S extends StreamName>(name: S, args: StreamArgs<S>, handlers: StreamHandlers<S>): DeskStream;
}
