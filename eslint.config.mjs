// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import hooks from 'eslint-plugin-react-hooks';
import typescript from 'typescript-eslint';

/** From the ground up; siblings of one layer do not know each other. */
const LAYERS = [['api'], ['managers'], ['hooks'], ['components'], ['sidebar', 'panels', 'forms'], ['plugins']];

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
                  'Imports only go downwards: index <- plugins <- sidebar|panels|forms <- components <- hooks <- managers <- api.'
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
      '@typescript-eslint/unbound-method': 'off', // Lumino's signals take a method and its object
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      // the sidebar is there from the start, and so is what it is made of; panels and forms come when they are asked for
      'jupyter/prefer-lazy-imports': [
        'warn',
        { ignoreImports: ['../api*', '../components*', '../hooks*', '../sidebar*', './*'] }
      ],
      'react-hooks/incompatible-library': 'off' // about a compiler that is not in use
    }
  },
  {
    files: ['**/*.spec.{ts,tsx}'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off',
      '@typescript-eslint/no-unsafe-return': 'off'
    }
  },
  ...layers
);
