// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark' , 'JupyterLab Dark High Contrast'];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 }
];

test('nothing is clipped in any theme; takes screenshots', async ({ page, workbench }, { project }) => {
  test.slow();
  await workbench.addExample();
  await workbench.addNotebook('broken.ipynb', ['values = [1, 2, 3]', 'values[seed]'], 'seed: int = 7');
  await workbench.openForm('broken.ipynb');
  await workbench.submit();
  await expect(workbench.state).toContainText('Failed');
  for (const alpha of ['0.5', '0.01']) {
    await workbench.openForm('diabetes.ipynb');
    await workbench.field('parameters_alpha').fill(alpha);
    await workbench.submit();
    await expect(workbench.state).toContainText('Completed', { timeout: 90_000 });
  }
  await workbench.openForm('diabetes.ipynb');
  await workbench.openSidebar();
  const rows = workbench.sidebar.locator('.jp-MLJob[data-name]');
  await rows.nth(0).click();
  await rows.nth(1).click({ modifiers: ['Shift'] });
  await rows.nth(1).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare Jobs' }).click();
  await expect(page.locator('.jp-MLCompare:visible')).toBeVisible();

  const tabs = page.locator('#jp-main-dock-panel .lm-TabBar-tab');
  for (const theme of THEMES) {
    await page.theme.setTheme(theme);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const shoot = async (what: string): Promise<void> => {
        await expect.poll(() => clipped(page)).toEqual([]);
        const file = `${what}-${size.width}-${theme.replaceAll(' ', '')}.png`;
        await page.screenshot({ path: join(project.outputDir, 'looks', file) });
      };
      for (const index of await tabs.count().then(count => [...Array(count).keys()].slice(1))) {
        await tabs.nth(index).click();
        if (!(await workbench.panel.isVisible())) {
          await shoot((await workbench.form.isVisible()) ? 'form' : 'compare');
          continue;
        }
        const failed = ((await workbench.state.textContent()) ?? '').includes('Failed');
        for (const tab of ['Overview', 'Notebook', 'Metrics', 'Logs', 'Outputs'] as const) {
          if (failed && tab !== 'Overview') continue;
          const body = await workbench.openTab(tab);
          if (tab === 'Outputs') await body.getByText('diabetes.png').first().click();
          await shoot(failed ? 'failed' : tab.toLowerCase());
        }
      }
    }
  }
});

/** Return our elements whose content is wider than they are, and which neither scroll nor show an ellipsis. */
function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[class*="jp-ML"]')]
      .filter(element => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 && element.clientWidth)
      .filter(element => {
        const { overflowX, textOverflow, display } = getComputedStyle(element);
        return display !== 'inline' && textOverflow !== 'ellipsis' && !/auto|scroll/.test(overflowX);
      })
      .map(element => `${element.className}: ${element.scrollWidth} in ${element.clientWidth}`)
  );
}
