// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

const LIVE = '.jp-Notebook .jp-OutputArea [data-ml-job]';

test('the context menu in a notebook acts on the job that is shown there', async ({ page, workbench }) => {
  await workbench.addNotebook('slow.ipynb', ['import time\ntime.sleep(3600)']);
  await workbench.addNotebook('jobs.ipynb', [
    '%load_ext jupyter_ml',
    '%ml run slow.ipynb --name shown',
    '%ml run slow.ipynb --name chosen',
    '%ml jobs'
  ]);
  await workbench.file('jobs.ipynb').dblclick();
  await page.notebook.activate('jobs.ipynb');
  await page.notebook.run();
  await workbench.openSidebar();
  await workbench.row('chosen').click();
  await expect(workbench.row('chosen')).toHaveAttribute('aria-selected', 'true');

  const shown = page.locator(`${LIVE}[data-ml-job="shown"]`).first();
  await expect(shown).toContainText('Running');
  await shown.click({ button: 'right', position: { x: 5, y: 5 } });
  const before = await shown.textContent();
  await expect(shown).not.toHaveText(before!); // the view is rendered again while the menu is open
  await page.getByRole('menuitem', { name: 'Cancel Job' }).click();
  await expect(workbench.row('shown').getByRole('img', { name: 'Canceled' })).toBeVisible();
  await expect(workbench.row('chosen').getByRole('img', { name: 'Canceled' })).toHaveCount(0);

  await choose(page.locator('tr[data-ml-job="shown"]').first(), 'Delete Job…');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Delete shown?');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // the palette does not show the selection, so the label contains it
  await workbench.findCommand('Cancel Job');
  await page.getByRole('menuitem', { name: /Cancel Job \(chosen\)/ }).click();
  await expect(workbench.row('chosen').getByRole('img', { name: 'Canceled' })).toBeVisible();
});

test('run a notebook from a context menu', async ({ page, workbench }) => {
  await workbench.addNotebook('left.ipynb', ['1']);
  await workbench.addNotebook('right.ipynb', ['2']);
  await workbench.file('left.ipynb').dblclick();
  await expect(page.getByRole('tab', { name: 'left.ipynb' })).toBeVisible();
  await workbench.file('right.ipynb').dblclick();
  await page.evaluate(() => {
    const { shell } = window.jupyterapp as unknown as {
      shell: {
        widgets: (area: string) => Iterable<{ title: { label: string } }>;
        add: (widget: unknown, area: string, options: object) => void;
      };
    };
    const right = [...shell.widgets('main')].find(({ title }) => title.label === 'right.ipynb');
    shell.add(right, 'main', { mode: 'split-right' });
  });
  await page.setViewportSize({ width: 1800, height: 800 }); // wide enough for all toolbar buttons
  const panels = page.locator('.jp-NotebookPanel:visible');
  await expect(panels).toHaveCount(2);
  await page.getByRole('tab', { name: 'right.ipynb' }).click();
  await panels.first().getByRole('button', { name: 'Run as Job', exact: true }).click();
  await expect(workbench.form).toContainText('left.ipynb');
  await workbench.file('left.ipynb').click();
  await workbench.file('right.ipynb').click({ modifiers: ['ControlOrMeta'] });
  await choose(workbench.file('right.ipynb'), 'Run as Job…');
  await expect(workbench.form).toContainText('right.ipynb');
});
