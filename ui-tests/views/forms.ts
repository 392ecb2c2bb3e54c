// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';
import type { IJobs } from './jobs';
import { execute } from './view';
import type { IView } from './view';

/** Return the views of forms. */
export function formViews(workbench: Workbench, { complete }: IJobs): IView[] {
  const { form } = workbench;
  const path = `${workbench.folder}/everything.ipynb`;
  return [
    {
      name: 'form',
      show: async () => {
        await execute(workbench, 'jupyter-ml:run-as-job', { path });
        await expect(form.getByRole('button', { name: 'Submit' })).toBeVisible();
      }
    },
    {
      name: 'form-errors',
      show: async () => {
        if ((await form.locator('details.jp-MLForm-more').getAttribute('open')) === null)
          await form.getByText('More', { exact: true }).click();
        await form.getByRole('button', { name: 'Add to Tags' }).click();
        await form.getByRole('button', { name: 'Submit' }).click();
        await expect(form.getByRole('alert').first()).toBeVisible();
      }
    },
    {
      name: 'form-rerun',
      show: async () => {
        await execute(workbench, 'jupyter-ml:clone-job', { name: complete });
        await expect(form.getByRole('heading', { name: /^Clone/ })).toBeVisible();
        await form.getByRole('spinbutton', { name: 'rate' }).fill('0.75');
      }
    }
  ];
}
