// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Page } from '@playwright/test';

/** Return our elements whose content is wider than they are, and which neither scroll nor show an ellipsis. */
export function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[class*="jp-ML"]')]
      .filter(
        element => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 && element.clientWidth
      )
      .filter(element => {
        const { overflowX, textOverflow, display } = getComputedStyle(element);
        return (
          display !== 'inline' &&
          !element.matches('.jp-mod-unseen, .jp-MLLineage-node') && // a node's buttons are beside it
          textOverflow !== 'ellipsis' &&
          !/auto|scroll/.test(overflowX)
        );
      })
      .map(element => `${element.className}: ${element.scrollWidth} in ${element.clientWidth}`)
  );
}
