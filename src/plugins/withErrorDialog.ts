// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api';
import { errorText } from '../components';

/** Do what a reader has asked for, or tell them why it cannot be done; a part that has to be loaded may not be there either. */
export async function orTell<T>(
  title: string,
  trans: TranslationBundle,
  act: () => Promise<T>
): Promise<T | undefined> {
  try {
    return await act();
  } catch (reason) {
    await showErrorMessage(title, errorText(ApiError.from(reason), trans));
    return undefined;
  }
}
