// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '../fixtures';
import { waitFor } from '../workbench';

// while the server is stopped, the browser logs an error for each request
// and galata must not intercept them
test.use({
  kernels: null,
  sessions: null,
  terminals: null,
  expected: [/status of 503|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|Failed to fetch|WebSocket/]
});

test('jobs continue while the server is stopped, and are shown when it is back', async ({ lab, page, workbench }) => {
  const [first, second] = [1, 2].map(number => join(lab.root, `gate-${number}`));
  await workbench.addNotebook('gates.ipynb', [
    'print("begun")',
    `${waitFor(first)}\nprint("without a server")`,
    `${waitFor(second)}\nprint("with one again")`
  ]);
  await workbench.openForm('gates.ipynb');
  const name = await workbench.submit();
  const notebook = await workbench.openTab('Notebook');
  const cell = (position: number) => notebook.locator(`[data-position="${position}"]`);
  await expect(cell(1)).toHaveAttribute('aria-busy', 'true');

  await lab.stop();
  await writeFile(first, '');
  const lost = page.getByRole('dialog').filter({ hasText: 'Server Connection Error' });
  await page.addLocatorHandler(lost, () => lost.getByRole('button', { name: 'Close' }).click());
  await workbench.openSidebar();
  await expect(workbench.sidebar).toContainText(/does not respond/);
  await lab.start();

  await expect(cell(1)).toContainText('without a server');
  await expect(cell(2)).toHaveAttribute('aria-busy', 'true');
  await expect(workbench.sidebar).not.toContainText(/does not respond/);
  await writeFile(second, '');
  await expect(workbench.state).toContainText('Completed');
  await expect(cell(2)).toContainText('with one again');
  await expect(workbench.row(name).getByRole('img', { name: 'Completed' })).toBeVisible();

  await page.reload();
  await expect(workbench.state).toContainText('Completed');
  await expect(cell(2)).toContainText('with one again');
  await Promise.all([first, second].map(gate => rm(gate)));
});
