// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IJupyterLabPageFixture } from '@jupyterlab/galata';

/** Names of JupyterLab's themes. */
export const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];

/** JupyterLab's style sheet of the current theme. */
const SHEET = 'link[rel="stylesheet"][href*="/api/themes/"]';

/**
 * Load every theme, and return a function that switches between them.
 *
 * JupyterLab's own switch saves the setting, loads the style sheet again and hides the page meanwhile, which takes
 * longer than the checks of a view. It is used once for each theme; afterwards the sheets that it has loaded stay.
 */
export async function loadThemes(page: IJupyterLabPageFixture): Promise<(theme: string) => Promise<void>> {
  for (const theme of THEMES) {
    await page.theme.setTheme(theme);
    await page.evaluate(
      ([selector, name]) => {
        const link = document.querySelector(`${selector}:not([data-kept])`)!;
        const kept = link.cloneNode() as HTMLLinkElement;
        const { jpThemeLight = '', jpThemeScrollbars = '' } = document.body.dataset;
        Object.assign(kept.dataset, { kept: name, jpThemeLight, jpThemeScrollbars });
        return new Promise(done => {
          kept.addEventListener('load', done);
          link.after(kept);
        });
      },
      [SHEET, theme] as const
    );
  }
  return theme =>
    page.evaluate(
      ([selector, name]) => {
        for (const link of document.querySelectorAll<HTMLLinkElement>(selector)) {
          link.sheet!.disabled = link.dataset.kept !== name;
          if (link.sheet!.disabled) continue;
          const { jpThemeLight, jpThemeScrollbars } = link.dataset;
          Object.assign(document.body.dataset, { jpThemeName: name, jpThemeLight, jpThemeScrollbars });
        }
      },
      [SHEET, theme] as const
    );
}
