/** `npm run accounts -- add|list|reset-password`: people with accounts, at the machine of the worker; also while it runs (ACC13). */
import { runAccountsCommand } from './accounts-command.ts';

const { exitCode, lines } = await runAccountsCommand(process.argv.slice(2), process.env);
(exitCode === 0 ? process.stdout : process.stderr).write(`${lines.join('\n')}\n`);
process.exitCode = exitCode;
