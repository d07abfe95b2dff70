// Types are checked by tsc and layout by prettier; this holds what neither sees: promises, unions, names, and which
// part may import which (ARCHITECTURE.md has the picture).
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const testFiles = ['packages/*/{src,test,e2e}/**/*.test.{ts,tsx}', 'packages/*/{test,e2e,bench}/**']

/** Import rules of one place. ESLint keeps the last one that matches a file, so each says everything that holds there. */
const mayImport = (ours, { not = [] } = {}) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          regex: `^@ctscope/(?!(${ours.join('|')})$)`,
          message: `Of our packages only these may be imported here: ${ours.length === 0 ? 'none' : ours.join(', ')}.`,
        },
        { regex: '^(\\.\\./)+(engine|server|web)/', message: 'Import a package by its name and a path that it exports.' },
        ...not,
      ],
    },
  ],
})

const engineForServer = ['engine', 'engine/model', 'engine/ipc']
const oursForPage = ['server/api/[a-z-]+', 'server/filter', 'engine/model']
const testing = 'engine/testing'
const cap = { regex: '^cap$', message: 'Only packages/engine/src/capture may load the addon.' }
const node = { regex: '^node:', message: 'This also runs in a browser.' }
const upwards = { regex: '^(?!\\./)', message: 'The model imports nothing but itself, and runs in a browser.' }
const timers = { regex: '^node:(perf_hooks|timers|process)', message: 'Time is handed in: nothing here may read a clock.' }

const noClock = {
  'no-restricted-globals': [
    'error',
    ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
      name,
      message: 'Time is handed in: nothing here may read a clock.',
    })),
  ],
  'no-restricted-properties': ['error', { object: 'process', property: 'hrtime' }, { object: 'process', property: 'uptime' }],
}

export default tseslint.config(
  { ignores: ['**/dist/', 'packages/server/bundle/', '**/node_modules/', '.tools/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['packages/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['packages/*/vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          project: ['packages/engine', 'packages/server', 'packages/web'],
          noWarnOnMultipleProjects: true,
          conditionNames: ['@ctscope/source', 'types', 'import', 'node', 'default'],
        }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],

      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'], custom: { regex: '^I[A-Z][a-z]', match: false } },
        { selector: 'function', format: ['camelCase', 'PascalCase'] },
        { selector: 'classMethod', format: ['camelCase'] },
        { selector: 'parameter', format: ['camelCase', 'PascalCase'], leadingUnderscore: 'allow' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Fastify's plugins and tests are async by contract, whether or not they wait for something.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
    rules: { eqeqeq: 'error', 'no-undef': 'error', 'no-unused-vars': 'error', 'prefer-const': 'error' },
  },

  // Which part may import which.
  { files: ['packages/engine/**'], rules: mayImport([], { not: [cap] }) },
  { files: ['packages/engine/src/capture/**'], rules: mayImport([]) },
  { files: ['packages/engine/src/model/**'], rules: mayImport([], { not: [upwards] }) },
  { files: ['packages/engine/src/conntrack/**'], rules: { ...mayImport([], { not: [cap, timers] }), ...noClock } },
  { files: ['packages/server/**'], rules: mayImport(engineForServer, { not: [cap] }) },
  { files: ['packages/server/src/{api,filter}/**'], rules: mayImport(['engine/model'], { not: [cap, node] }) },
  { files: ['packages/web/**'], rules: mayImport(oursForPage, { not: [cap] }) },
  { files: testFiles.map((glob) => glob.replace('packages/*', 'packages/engine')), rules: mayImport([], {}) },
  { files: testFiles.map((glob) => glob.replace('packages/*', 'packages/server')), rules: mayImport([...engineForServer, testing], {}) },
  { files: testFiles.map((glob) => glob.replace('packages/*', 'packages/web')), rules: mayImport([...oursForPage, testing], {}) },

  { files: ['packages/web/src/**'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    files: testFiles,
    rules: {
      // A test may reach into what it looks at.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
