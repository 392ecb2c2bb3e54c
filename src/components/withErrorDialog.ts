// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api';
import { errorText } from './ErrorNotice';

/** Run a user's command, and show a dialog if it fails, e.g. because a module cannot be loaded. */
export async function withErrorDialog<T>(
  title: string,
  trans: TranslationBundle,
  act: () => T | Promise<T>
): Promise<T | undefined> {
  try {
    return await act();
  } catch (reason) {
    await showErrorMessage(title, errorText(ApiError.from(reason), trans));
    return undefined;
  }
}
