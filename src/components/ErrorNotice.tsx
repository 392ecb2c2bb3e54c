// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { ApiError } from '../api';
import { useTrans } from '../hooks';
import { Notice } from './Notice';
import { visible } from './visible';

/** An error message, with a button to try again. */
export function ErrorNotice({ error, onRetry }: { error: ApiError; onRetry?: () => void }): JSX.Element {
  const trans = useTrans();
  return (
    <Notice error action={onRetry && trans.__('Try again')} onAction={onRetry}>
      {errorText(error, trans)}
    </Notice>
  );
}

/** Return the message to show for an error: the one of the server, or an explanation if the server did not send one. */
export function errorText(error: ApiError, trans: TranslationBundle): string {
  switch (error.code) {
    case 'unreachable':
      return trans.__(
        'The server does not respond. Jobs continue to run; this view is updated when the server is available again.'
      );
    case 'absent':
      return trans.__(
        'Jupyter ML is not enabled on the server, or has another version. Run “jupyter server extension enable jupyter_ml” there, restart the server, and reload this page.'
      );
    case 'logged_out':
      return trans.__('You are logged out. Reload this page to log in again.');
    case 'not_loaded':
      return trans.__(
        'A part of this page could not be loaded. Check that the server is running, and reload this page.'
      );
    case 'http':
      return trans.__('The server returned an unexpected error: %1', visible(error.message));
    default:
      return visible(error.message, true);
  }
}
