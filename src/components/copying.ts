// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Clipboard, Notification } from '@jupyterlab/apputils';

/** How long it is shown that a text was copied. */
export const SHOWN_MS = 2_000;

/** Copy a text, and notify the user. Synchronous: browsers allow copying only within a user gesture. */
export function copy(text: string, notice: string): void {
  Clipboard.copyToSystem(text); // unlike navigator.clipboard, it needs no HTTPS
  Notification.success(notice, { autoClose: SHOWN_MS });
}
