import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'node_modules/**',
      'dist/**',
      'out/**',
      '**/*.cjs',
      'scripts/eslint.config.js',
      'examples/**',
      'test-results/**',
      '.millwright/**',
      'src/engine/training/gbdt/kernels/assembly/**', // AssemblyScript
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ['error', 16],
      'max-params': ['error', 5],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-warning-comments': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
  // The type of a command says its options, which follow from the flags.
  {
    files: ['src/cli/command.ts', 'src/cli/permissions.ts', 'src/cli/commands/*.ts'],
    rules: { '@typescript-eslint/explicit-function-return-type': 'off' },
  },
  { files: ['**/*.tsx'], rules: { '@typescript-eslint/explicit-function-return-type': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  // What WebAssembly exports takes numbers only.
  { files: ['src/engine/training/gbdt/kernels/*.ts'], rules: { 'max-params': 'off' } },
  { files: ['webview-ui/**/*.tsx'], rules: { complexity: ['error', 20] } },
);
