// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

test('count, load and search a long log', async ({ page, workbench }) => {
  await workbench.addNotebook('loud.ipynb', ['print("\\n".join(f"line {i} of a long log" for i in range(30_000)))']);
  await workbench.openForm('loud.ipynb');
  await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const logs = await workbench.openTab('Logs');
  const count = logs.locator('.jp-MLLogs-count');
  await expect(count).toHaveText('30,000 lines');
  const search = logs.getByLabel('Search in the log');
  await search.fill('line 29998 of');
  await expect(count).toHaveText('1 of 1');
  await expect(logs.locator('mark')).toHaveText('line 29998 of');
  await search.fill('');
  await expect(count).toHaveText('30,000 lines');
  const log = logs.getByRole('log');
  await log.hover();
  await page.mouse.wheel(0, -1_000_000);
  await expect.poll(() => log.evaluate(element => element.scrollTop)).toBe(0); // else both are one turn of the wheel
  await page.mouse.wheel(0, 4_030 * 18);
  await logs.getByRole('button', { name: /more lines/ }).click();
  await expect(logs.getByText('line 4044 of a long log')).toBeVisible();
  await expect(count).toHaveText('30,000 lines');
});
