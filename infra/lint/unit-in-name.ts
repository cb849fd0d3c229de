import type { Rule } from 'eslint';

const BARE = /(^|[a-z0-9_])(timeout|duration|delay|interval|latency)$/i;

/** ESLint's own types end at JavaScript. */
interface Typed {
  readonly key: object;
  readonly typeAnnotation?: { readonly typeAnnotation: { readonly type: string } };
}

/**
 * Numbers that measure time say in which unit: `delayMs`, `durationS`. Looks only at names we choose
 * (declarations and schemas), never at options we hand to a library, whose names are the library's.
 */
export const unitInName: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      bare:
        '"{{name}}" does not say its unit, and seconds read as milliseconds are off by a thousand. ' +
        'End the name with one: Ms, S, Hz, Bytes, Samples, Ratio, Px.',
    },
  },
  create(context) {
    const check = (name: object, isNumber: boolean): void => {
      const node = name as Rule.Node;
      if (!isNumber || node.type !== 'Identifier' || !BARE.test(node.name)) return;
      context.report({ node, messageId: 'bare', data: { name: node.name } });
    };
    return {
      TSPropertySignature: (node: Rule.Node) => check((node as Typed & Rule.Node).key, isTypedNumber(node)),
      PropertyDefinition: node => check(node.key, isTypedNumber(node) || isNumberLiteral(node.value)),
      Property: node => check(node.key, /^z\.(number|int)\(/.test(context.sourceCode.getText(node.value))),
      VariableDeclarator: node => check(node.id, isNumberLiteral(node.init)),
      Identifier: node => check(node, isTypedNumber(node)),
    };
  },
};

const isTypedNumber = (node: object): boolean =>
  (node as Typed).typeAnnotation?.typeAnnotation.type === 'TSNumberKeyword';

const isNumberLiteral = (node: object | null | undefined): boolean => {
  const value = node as Rule.Node | null | undefined;
  return value?.type === 'Literal' && typeof value.value === 'number';
};
