import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { resolve } from 'node:path';
import { housePlugin } from '../lint/house-plugin.ts';

const root = resolve(import.meta.dirname, '../..');
const typescript = ['**/*.ts', '**/*.tsx'];

/** Selectors and the reason each is refused. */
const SYNTAX = {
  defaultExport: {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name: a default export gets another name in every file that imports it.',
  },
  enum: {
    selector: 'TSEnumDeclaration',
    message: 'Node runs our sources by stripping types, and an enum is not a type. Use a union of strings.',
  },
  moduleMock: {
    selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock|hoisted)$/]",
    message: 'Replacing a module ties a test to file names. Pass a fake through the constructor.',
  },
};

export default defineConfig(
  { ignores: ['node_modules/', 'out/', 'dist/', 'data/', '.cache/', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['infra/**/*.mjs', 'infra/**/*.js'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { console: 'readonly', process: 'readonly' } },
  },
  {
    files: typescript,
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    plugins: { house: housePlugin },
    // One program with every file in it: several would each check shared and Node's types again.
    languageOptions: { parserOptions: { project: ['tsconfig.lint.json'], tsconfigRootDir: root } },
    rules: {
      'house/import-zones': 'error',
      'house/no-raw-ipc': 'error',
      'house/no-select-star': 'error',
      'house/static-log-message': 'error',
      'house/unit-in-name': 'error',
      'no-restricted-syntax': ['error', ...Object.values(SYNTAX)],
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['error'] }],
      'no-undef': 'off', // the compiler knows better
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Implementing an asynchronous interface without waiting for anything is normal here.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.tsx'],
    ...reactHooks.configs.flat['recommended-latest'],
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'tests/**/*.ts'],
    rules: {
      // `expect.any(String)` and friends are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['infra/config/*.ts', 'infra/scripts/test/*-reporter.ts', '*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', SYNTAX.enum, SYNTAX.moduleMock] },
  },
  {
    files: ['infra/lint/*.test.ts'],
    rules: { 'house/no-select-star': 'off' }, // holds the counter-examples
  },
  {
    files: ['infra/scripts/**/*.ts', 'tests/bench/**/*.ts'],
    rules: { 'no-console': 'off' }, // their output is for the terminal
  },
);
