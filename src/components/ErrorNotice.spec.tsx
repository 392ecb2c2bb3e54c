// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import { ApiError } from '../api';
import { errorText } from './ErrorNotice';

it.each([
  ['unreachable', /does not respond.*Jobs continue/],
  ['absent', /jupyter server extension enable jupyter_ml.*restart/],
  ['logged_out', /log in again/],
  ['not_loaded', /could not be loaded.*reload this page/],
  ['http', /unexpected error: 500 Internal Server Error/],
  ['not_found', /^500 Internal Server Error$/]
])('explains %s', (code, words) => {
  const error = new ApiError('500 Internal Server Error', code, 500);
  expect(errorText(error, nullTranslator.load('jupyter_ml'))).toMatch(words);
});
