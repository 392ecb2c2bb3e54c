// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { violations } from '../axe';
import { clipped } from '../clipped';
import { expect, test } from '../fixtures';
import { loadThemes, THEMES } from '../themes';
import { allViews, runJobs } from '../views';

/** The rules whose result depends on the theme. */
const OF_COLORS = ['color-contrast', 'link-in-text-block'];

// a form is submitted with errors, and a frame with HTML refuses what it contains
test.use({ expected: [/sandbox|Content Security Policy|status of 4|jupyterlab-manager/] });

test('every view is accessible in every theme, and nothing is clipped', async ({ page, workbench }) => {
  test.setTimeout(1_200_000);
  const views = allViews(workbench, await runJobs(workbench));
  const switchTo = await loadThemes(page);
  const problems: string[] = [];
  for (const { name, show } of views) {
    await show();
    for (const text of await clipped(page)) problems.push(`${name}: clipped: ${text}`);
    for (const theme of THEMES) {
      await switchTo(theme);
      const rules = theme === 'JupyterLab Light' ? undefined : OF_COLORS;
      for (const text of await violations(page, rules)) problems.push(`${name}, ${theme}: ${text}`);
    }
  }
  expect(problems).toEqual([]);
});
