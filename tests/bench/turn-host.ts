/** One host process of the turn bench: runs what it is sent, answers with what it measured. */
import { runTurns, type TurnSetup } from './turn-run.ts';

process.on('message', (setup: TurnSetup) => {
  void runTurns(setup).then(run => process.send?.(run));
});
process.on('disconnect', () => process.exit(0));
