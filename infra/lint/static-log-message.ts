import type { Rule } from 'eslint';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const LOGGER = /^(log|logger|\w+Log|\w+Logger)$/;

export const staticLogMessage: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      values:
        'A value inside a log message can be neither searched nor redacted, and may be what a caller said. ' +
        "Keep the message fixed and pass values as fields: log.info({ callId }, 'Call connected').",
    },
  },
  create(context) {
    return {
      CallExpression({ callee, arguments: args }) {
        if (callee.type !== 'MemberExpression' || !LEVELS.includes(nameOf(callee.property))) return;
        const { object } = callee;
        if (!LOGGER.test(nameOf(object.type === 'MemberExpression' ? object.property : object))) return;
        for (const node of args) if (holdsValue(node)) context.report({ node, messageId: 'values' });
      },
    };
  },
};

const nameOf = (node: { type: string; name?: unknown }): string =>
  typeof node.name === 'string' ? node.name : '';

/** A template with gaps, or words added to something that is not words. */
function holdsValue(node: Pick<Rule.Node, 'type'>): boolean {
  const part = node as Rule.Node;
  if (part.type === 'TemplateLiteral') return part.expressions.length > 0;
  if (part.type !== 'BinaryExpression' || part.operator !== '+') return false;
  return [part.left, part.right].some(
    side => side.type !== 'Literal' && (side.type !== 'BinaryExpression' || holdsValue(side)),
  );
}
