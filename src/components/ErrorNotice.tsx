// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { ApiError } from '../api';
import { useTrans } from '../hooks';
import { Notice } from './Notice';
import { visible } from './visible';

/** What went wrong, what it means for the reader's work, and a way to try again. */
export function ErrorNotice({ error, onRetry }: { error: ApiError; onRetry?: () => void }): JSX.Element {
  const trans = useTrans();
  return (
    <Notice error action={onRetry && trans.__('Try again')} onAction={onRetry}>
      {errorText(error, trans)}
    </Notice>
  );
}

/** An error in words: the server's own, or ours where there was none of ours to answer. */
export function errorText(error: ApiError, trans: TranslationBundle): string {
  switch (error.code) {
    case 'unreachable':
      return trans.__('The server does not answer. Jobs go on without it; this comes back when the server does.');
    case 'absent':
      return trans.__(
        'The server does not know Jupyter ML, or only another version of it. Run “jupyter server extension enable jupyter_ml” there, restart it, and reload this page.'
      );
    case 'logged_out':
      return trans.__('The server does not know any more who you are. Reload this page to log in again.');
    case 'not_loaded':
      return trans.__('A part of this page cannot be loaded. See whether the server is there, and reload this page.');
    case 'http':
      return trans.__('The server answers with an error that is not of Jupyter ML: %1', visible(error.message));
    default:
      return visible(error.message, true);
  }
}
