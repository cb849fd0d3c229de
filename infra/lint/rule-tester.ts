import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, it } from 'vitest';

RuleTester.describe = describe;
RuleTester.it = it;

/** Checks a rule on TypeScript, as the linter runs it. */
export const ruleTester = new RuleTester({ languageOptions: { parser: tseslint.parser } });
