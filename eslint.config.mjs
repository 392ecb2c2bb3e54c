// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import hooks from 'eslint-plugin-react-hooks';
import typescript from 'typescript-eslint';

/** The layers, from the lowest; modules of one layer do not import each other. */
const LAYERS = [
  ['api'],
  ['hooks'],
  ['components'],
  ['forms'],
  ['resources'],
  ['workspace'],
  ['sidebar'],
  ['jobs'],
  ['experiments', 'models']
];

/** Imports of a layer only go downwards. */
const layers = LAYERS.flatMap((siblings, level) =>
  siblings.map(layer => {
    const forbidden = LAYERS.slice(level)
      .flat()
      .filter(other => other !== layer);
    return {
      files: [`src/${layer}/**/*.{ts,tsx}`],
      ignores: ['**/*.spec.*'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: `^(\\.\\./)+(${[...forbidden, 'testing', 'index'].join('|')})(/|$)`,
                message:
                  'Imports only go downwards: index <- experiments <- jobs <- sidebar <- workspace <- resources <- forms <- components <- hooks <- api.'
              }
            ]
          }
        ]
      }
    };
  })
);

export default typescript.config(
  { ignores: ['**/*.gen.ts', 'lib', 'jupyter_ml', 'node_modules'] },
  js.configs.recommended,
  typescript.configs.recommendedTypeChecked,
  { plugins: { jupyter } },
  jupyter.configs.recommended,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'] },
        { selector: 'memberLike', modifiers: ['private'], format: ['camelCase'], leadingUnderscore: 'require' }
      ],
      '@typescript-eslint/unbound-method': 'off', // a Lumino signal is connected to a method and its object
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      // the sidebar and its dependencies are loaded at startup, jobs/{panel,compare,form} on first use
      'jupyter/prefer-lazy-imports': [
        'warn',
        {
          ignoreImports: [
            './*',
            '../commands',
            ...['api', 'components', 'hooks', 'resources', 'sidebar', 'workspace'].flatMap(name => [
              `../${name}`,
              `../../${name}`
            ]),
            ...['drive', 'JobCounts', 'links', 'manager', 'paths', 'reference', 'section'].map(name => `../${name}`)
          ]
        }
      ],
      'react-hooks/incompatible-library': 'off' // concerns the React compiler, which is not used
    }
  },
  {
    files: ['**/*.spec.{ts,tsx}', 'src/testing/**'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off',
      '@typescript-eslint/no-unsafe-return': 'off'
    }
  },
  ...layers
);
