// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

test.describe('the note of a job', () => {
  // the second of two changes is refused
  test.use({ expected: [/409/] });

  test('survives a reload before it is saved, and does not replace that of another user', async ({
    page,
    workbench
  }) => {
    const { panel } = workbench;
    await workbench.addFile('note.sh', 'true');
    await workbench.openForm('note.sh');
    const name = await workbench.submit();
    const overview = await workbench.openTab('Overview');
    const note = overview.getByRole('textbox', { name: 'Note' });
    await overview.getByRole('button', { name: 'Edit Note' }).click();
    // JupyterLab stores its state a moment later
    await expect(async () => {
      const stored = page.waitForRequest(
        request =>
          request.method() === 'PUT' &&
          request.url().includes('/api/workspaces') &&
          (request.postData() ?? '').includes('mine'),
        { timeout: 10_000 }
      );
      await note.fill('');
      await note.fill('mine');
      await stored;
    }).toPass({ timeout: 120_000 });
    await page.reload();
    await expect(note).toHaveValue('mine');

    const changed = await page.request.patch(`/jupyter-ml/v1/jobs/${name}`, { data: { description: 'theirs' } });
    expect(changed.status()).toBe(200);
    await overview.getByRole('button', { name: 'Save' }).click();
    const conflict = overview.getByRole('alert');
    await expect(conflict).toContainText('It was changed in the meantime to “theirs”.');
    await expect(note).toHaveValue('mine');
    await conflict.getByRole('button', { name: 'Save my text instead' }).click();
    await expect(note).toHaveCount(0);
    await expect(overview.locator('.jp-MLOverview-description')).toContainText('mine');
    expect((await (await page.request.get(`/jupyter-ml/v1/jobs/${name}`)).json()).description).toBe('mine');
    await expect(panel).toBeVisible();
  });
});

test.describe('dialogs before jobs are canceled or deleted', () => {
  // the deleted jobs may be gone before their last events are handled
  test.use({ expected: [/404.*\/jobs\//] });

  test('name the jobs, and change nothing until they are confirmed', async ({ page, workbench }) => {
    const names = ['dialog-a', 'dialog-b'];
    for (const name of names) {
      const job = { type: 'command', command: 'sleep 3600', name, compute: 'local' };
      expect((await page.request.post('/jupyter-ml/v1/jobs', { data: { job } })).status()).toBe(201);
    }
    await workbench.openSidebar();
    const dialog = page.getByRole('dialog');
    // rows move when jobs start and end
    const chooseForBoth = async (command: string, state: RegExp): Promise<void> => {
      for (const name of names) await expect(workbench.row(name).getByRole('img', { name: state })).toBeVisible();
      await workbench.row(names[0]).click();
      await workbench.row(names[1]).click({ modifiers: ['ControlOrMeta'] });
      for (const name of names) await expect(workbench.row(name)).toHaveAttribute('aria-selected', 'true');
      await choose(workbench.row(names[1]), command);
      for (const name of names) await expect(dialog).toContainText(name);
    };
    const states = async (): Promise<string[]> =>
      Promise.all(
        names.map(async name => {
          const response = await page.request.get(`/jupyter-ml/v1/jobs/${name}`);
          return response.ok() ? (await response.json()).state : 'deleted';
        })
      );

    await chooseForBoth('Cancel Job', /Running/);
    await expect(dialog.getByRole('button', { name: 'Keep Running' })).toBeFocused();
    await dialog.getByRole('button', { name: 'Keep Running' }).click();
    await expect(dialog).toHaveCount(0);
    expect((await states()).filter(state => state.startsWith('Cancel'))).toEqual([]);
    await chooseForBoth('Cancel Job', /Running/);
    await dialog.getByRole('button', { name: 'Cancel 2 Jobs' }).click();
    await expect.poll(states).toEqual(['Canceled', 'Canceled']);

    await chooseForBoth('Delete Job…', /Canceled/);
    await expect(dialog).toContainText('deleted permanently');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toHaveCount(0);
    expect(await states()).toEqual(['Canceled', 'Canceled']);
    await chooseForBoth('Delete Job…', /Canceled/);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(states).toEqual(['deleted', 'deleted']);
    for (const name of names) await expect(workbench.row(name)).toHaveCount(0);
  });
});
