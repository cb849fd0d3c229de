import type { Rule } from 'eslint';

const STAR = /\bselect\s+(\w+\.)?\*/i;

export const noSelectStar: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      star: 'Name the columns: with * a later migration silently changes what this statement returns.',
    },
  },
  create(context) {
    const report = (node: Rule.Node): void => context.report({ node, messageId: 'star' });
    return {
      Literal: node => {
        if (typeof node.value === 'string' && STAR.test(node.value)) report(node);
      },
      TemplateElement: node => {
        if (STAR.test(node.value.raw)) report(node);
      },
    };
  },
};
