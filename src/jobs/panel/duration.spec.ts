// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import { shortDuration } from './duration';

it.each([
  [-5, '0 ms'],
  [0.02, '20 ms'],
  [0.1, '0.1 sec'],
  [200, '3 min 20 sec']
])('formats %d s as %s', (seconds, text) => {
  expect(shortDuration(seconds, nullTranslator.load('jupyter_ml'))).toBe(text);
});
