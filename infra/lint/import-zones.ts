import { relative, sep } from 'node:path';
import type { Rule } from 'eslint';
import { importProblem, resolveImport } from './zones.ts';

export const importZones: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { zone: '{{reason}}' } },
  create(context) {
    const from = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (node: Rule.Node, specifier: unknown): void => {
      if (typeof specifier !== 'string') return;
      const reason = importProblem(from, resolveImport(from, specifier));
      if (reason !== null) context.report({ node, messageId: 'zone', data: { reason } });
    };
    return {
      ImportDeclaration: node => check(node, node.source.value),
      ExportAllDeclaration: node => check(node, node.source.value),
      ExportNamedDeclaration: node => check(node, node.source?.value),
      ImportExpression: node => check(node, node.source.type === 'Literal' ? node.source.value : null),
    };
  },
};
