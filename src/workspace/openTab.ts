// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Open a page of JupyterLab in another tab of the browser, or offer that where the browser requires a click for it. */
export function openTab(url: string, tab: string, trans: TranslationBundle): void {
  const open = (): Window | null => window.open(url, tab);
  if (open()) return;
  Notification.info(trans.__('The browser did not allow this page to open JupyterLab.'), {
    actions: [{ label: trans.__('Open'), callback: open }]
  });
}
