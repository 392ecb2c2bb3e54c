// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '../fixtures';
import { choose, waitFor } from '../workbench';

// the deleted job may be gone before its last event is handled
test.use({ expected: [/404.*\/jobs\//] });

test('cancel a job in its panel', async ({ workbench }) => {
  await workbench.addNotebook('long.ipynb', [
    'print("begun")',
    'import time\ntime.sleep(3600)',
    'print("never")'
  ]);
  await workbench.openForm('long.ipynb');
  const name = await workbench.submit();
  const notebook = await workbench.openTab('Notebook');
  await expect(notebook.locator('[data-position="1"]')).toHaveAttribute('aria-busy', 'true');
  await expect(notebook.locator('[data-position="0"]')).toContainText('begun');
  await workbench.panel.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(workbench.state).toContainText('Canceled');
  await expect(notebook.locator('[data-position="1"]')).toContainText('Canceled');
  await expect(notebook.locator('[data-position="2"]')).toContainText('Not run');
  await expect(workbench.panel.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(0);
  await workbench.openSidebar();
  await expect(workbench.row(name).getByRole('img', { name: 'Canceled' })).toBeVisible();
});

test('cancel a long job after confirmation', async ({ page, workbench }) => {
  await workbench.addNotebook('long.ipynb', ['import time\ntime.sleep(3600)']);
  await workbench.openForm('long.ipynb');
  await workbench.submit();
  await expect(workbench.state).toContainText('Running');
  await page.clock.setSystemTime(Date.now() + 2 * 86_400_000);
  const dialog = page.getByRole('dialog');
  await workbench.panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toContainText('It has run for 2 days');
  await page.screenshot({ path: 'results/cancel.png' });
  await dialog.getByRole('button', { name: 'Keep Running' }).click();
  await expect(workbench.state).toContainText('Running');
  await workbench.panel.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Cancel Job' }).click();
  await expect(workbench.state).toContainText('Canceled');
});

test('a failed job shows its cause, with a link to the cell', async ({ lab, page, workbench }) => {
  const gate = join(lab.root, workbench.folder, 'go');
  await workbench.addNotebook(
    'broken.ipynb',
    [
      ...Array.from({ length: 30 }, (_, index) => `print("step ${index}")`),
      waitFor(gate),
      'ratio = total / count',
      'print("never")'
    ],
    'total: int = 1\ncount: int = 0'
  );
  await workbench.openForm('broken.ipynb');
  const name = await workbench.submit();
  await page.getByRole('tab', { name: 'Launcher' }).click(); // nothing is notified that is visible
  await expect(workbench.panel).toHaveCount(0);
  await writeFile(gate, '');
  const notification = page.getByRole('alert').filter({ hasText: /failed: .*ZeroDivisionError/ });
  await notification.getByRole('button', { name: 'Open' }).click();
  await expect(workbench.state).toContainText('Failed');

  const cause = workbench.panel.locator('.jp-MLCause');
  await expect(cause).toContainText('ZeroDivisionError');
  await expect(cause).toContainText('ratio = total / count');
  await cause.getByRole('button', { name: 'Show its output' }).click();
  await expect(workbench.panel.getByRole('tab', { name: 'Notebook' })).toHaveAttribute('aria-selected', 'true');
  const failed = workbench.panel.locator('.jp-MLCell.jp-mod-failed');
  await expect(failed).toBeInViewport();
  await expect(failed).toContainText('ZeroDivisionError');

  await workbench.openSidebar();
  await expect(workbench.row(name)).toContainText('ZeroDivisionError');

  await workbench.openTab('Overview');
  await cause.getByRole('button', { name: 'Edit the cell' }).click();
  await expect(page.locator('.jp-Notebook .jp-mod-active')).toContainText('ratio = total / count');
  await expect(page.locator('.jp-Notebook .jp-mod-active .cm-content')).toBeFocused();
  await expect(page.locator('.jp-MLParametersCell')).toContainText('total: int = 1');
});

test('a failing delete is shown, and can be withdrawn', async ({ page, lab, workbench }) => {
  await workbench.addNotebook('short.ipynb', ['1']);
  await workbench.openForm('short.ipynb');
  const name = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  await lab.hold(name);
  await workbench.openSidebar();
  const row = workbench.row(name);
  await choose(row, 'Delete Job…');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toContainText('delete failed');
  await expect(workbench.panel).toContainText(/cannot be deleted yet: .*nowhere/);
  await page.screenshot({ path: 'results/delete-fails.png' });
  await choose(row, 'Withdraw Request');
  await expect(row).toContainText('completed');
  await lab.release();
  await choose(row, 'Delete Job…');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
});

test.describe('markup', () => {
  test.use({ expected: [/sandbox/] });

  test('scripts in outputs do not run', async ({ page, workbench }) => {
  const markup = `<b>bold</b><script>window.stolen = 1</script><img src="data:," onerror="window.stolen = 2">`;
  await workbench.addNotebook('markup.ipynb', [
    `from IPython.display import HTML, Javascript, display\ndisplay(HTML('''${markup}'''))`,
    'display(Javascript("window.stolen = 3"))',
    `from IPython.display import SVG\nSVG('<svg onload="window.stolen = 4" width="9"><circle r="9"/></svg>')`,
    `from pathlib import Path\nPath("outputs").mkdir(exist_ok=True)\nPath("outputs/page.html").write_text('''${markup}''')`
  ]);
  await workbench.openForm('markup.ipynb');
  await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const notebook = await workbench.openTab('Notebook');
  await expect(notebook.locator('.jp-MLCell-outputs b')).toHaveText('bold');
  await expect(notebook.getByText(/a script, which does not run here/)).toHaveCount(2);
  await expect(notebook.locator('.jp-RenderedSVG img')).toBeVisible();
  const outputs = await workbench.openTab('Outputs');
  await outputs.getByText('page.html').first().click();
  await expect(outputs.frameLocator('iframe').getByText('bold')).toBeVisible();
  expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
  });
});
