import { relative, sep } from 'node:path';
import type { Rule } from 'eslint';

/** The two places that may: both parse what they receive and check who sent it. */
const TRANSPORT = /^electron\/(preload\/.*|main\/ipc-transport\.ts)$/;

export const noRawIpc: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      raw:
        '{{what}} sends and receives whatever it is given. Add an entry to shared/ipc instead: ' +
        'there the sender is checked and both ends are typed and parsed.',
    },
  },
  create(context) {
    if (TRANSPORT.test(relative(context.cwd, context.filename).split(sep).join('/'))) return {};
    const report = (node: Rule.Node, what: string): void =>
      context.report({ node, messageId: 'raw', data: { what } });
    return {
      'Identifier[name=/^(ipcMain|ipcRenderer)$/]': (node: Rule.Node & { name: string }) =>
        report(node, node.name),
      'CallExpression > MemberExpression[property.name=/^(send|postMessage)$/]:matches([object.name=webContents], [object.property.name=webContents])':
        (node: Rule.Node) => report(node, 'webContents'),
    };
  },
};
