// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';
import { execute } from './view';
import type { IView } from './view';

/** Return the views of data, environments, models and their lineage. */
export function assetViews(workbench: Workbench): IView[] {
  return [
    ...dataViews(workbench),
    ...environmentViews(workbench),
    ...modelViews(workbench),
    ...lineageViews(workbench)
  ];
}

function dataViews(workbench: Workbench): IView[] {
  const { page, folder } = workbench;
  const asset = page.locator('.jp-MLAsset:visible');
  const view = page.locator('.jp-MLDataView:visible');
  const register = page.locator('.jp-MLAssetForm:visible');
  return [
    {
      name: 'data',
      show: async () => {
        await execute(workbench, 'jupyter-ml:open-data', { name: 'passengers' });
        await expect(asset.getByRole('table', { name: /Rows of/ })).toContainText('Allison');
      }
    },
    {
      name: 'data-changed',
      show: async () => {
        await workbench.addFile('passengers.csv', 'id,name,age\n');
        await asset.getByRole('button', { name: 'Check for Changes' }).click();
        await expect(asset.locator('.jp-mod-changed')).toBeVisible();
      }
    },
    {
      name: 'data-view',
      show: async () => {
        await workbench.addFile('flights.csv', `id,carrier,delay\n${'1,AA,\n2,UA,0.25\n'.repeat(500)}`);
        await execute(workbench, 'docmanager:open', {
          path: `${folder}/flights.csv`,
          factory: 'jupyter-ml-data-view'
        });
        await expect(view).toContainText('Profile of all 1,000 rows');
      }
    },
    {
      name: 'data-columns',
      show: async () => {
        await view.getByRole('button', { name: 'Columns' }).click();
        await expect(view.getByRole('row', { name: /carrier/ })).toContainText('AA (500)');
      }
    },
    {
      name: 'data-none',
      show: async () => {
        await workbench.addFile('page.csv', '<!DOCTYPE html><html></html>');
        await execute(workbench, 'docmanager:open', { path: `${folder}/page.csv`, factory: 'jupyter-ml-data-view' });
        await expect(view).toContainText('page.csv is not a table, but HTML');
      }
    },
    {
      name: 'data-register',
      show: async () => {
        await execute(workbench, 'jupyter-ml:register-data', { path: `${folder}/flights.csv` });
        await expect(register.getByLabel('Name')).toHaveValue('flights');
      }
    }
  ];
}

function environmentViews(workbench: Workbench): IView[] {
  const { page } = workbench;
  const environment = page.locator('.jp-MLAsset:visible');
  return [
    {
      name: 'environment',
      show: async () => {
        await execute(workbench, 'jupyter-ml:open-environment', { name: 'sklearn' });
        await environment.getByRole('tab', { name: 'Overview' }).click();
        await expect(environment.getByRole('tabpanel', { name: 'Overview' })).toContainText('root');
      }
    },
    {
      name: 'environment-packages',
      show: async () => {
        await environment.getByRole('tab', { name: 'Packages' }).click();
        await expect(environment.getByRole('tabpanel', { name: 'Packages' })).toContainText('scikit-learn');
      }
    },
    {
      name: 'environment-compare',
      show: async () => {
        await environment.getByRole('tab', { name: 'Compare' }).click();
        await environment.getByRole('combobox', { name: 'Compare with version' }).selectOption('1');
        await expect(environment.getByRole('table', { name: 'Packages' })).toContainText('joblib');
      }
    },
    {
      name: 'environment-create',
      show: async () => {
        await execute(workbench, 'jupyter-ml:create-environment', {});
        await expect(page.getByRole('form', { name: 'New Environment' })).toBeVisible();
      }
    }
  ];
}

function modelViews(workbench: Workbench): IView[] {
  const { page } = workbench;
  const model = page.locator('.jp-MLModel:visible');
  const tab = async (name: string): Promise<void> => {
    await model.getByRole('tab', { name }).click();
    await expect(model.getByRole('tabpanel', { name })).toBeVisible();
  };
  return [
    {
      name: 'model',
      show: async () => {
        await execute(workbench, 'jupyter-ml:open-model', { name: 'survival', version: '1' });
        await tab('Overview');
        await expect(model.getByText('height: double')).toBeVisible();
      }
    },
    { name: 'model-packages', show: () => tab('Packages') },
    {
      name: 'model-files',
      show: async () => {
        await tab('Files');
        await model.getByRole('treeitem', { name: 'MLmodel' }).click();
        await expect(model.locator('.jp-MLFiles-preview')).toContainText('flavors');
      }
    },
    {
      name: 'model-compare',
      show: async () => {
        await tab('Compare');
        await model.getByRole('combobox', { name: 'Compare with version' }).selectOption('2');
        await expect(model.getByRole('table', { name: 'Flavors' })).toBeVisible();
      }
    },
    {
      name: 'model-register',
      show: async () => {
        await execute(workbench, 'jupyter-ml:register-model', { path: 'model.pkl' });
        await expect(page.getByRole('dialog').getByLabel('Name')).toBeVisible();
      }
    }
  ];
}

function lineageViews(workbench: Workbench): IView[] {
  const { page } = workbench;
  const lineage = page.locator('.jp-MLLineage:visible');
  return [
    {
      name: 'lineage',
      show: async () => {
        const dialog = page.getByRole('dialog');
        if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Cancel' }).click();
        await execute(workbench, 'jupyter-ml:show-lineage', { reference: 'azureml:survival:1' });
        await expect(lineage.locator('.jp-MLLineage-node')).not.toHaveCount(0);
      }
    },
    {
      name: 'lineage-none',
      show: async () => {
        await execute(workbench, 'jupyter-ml:show-lineage', { reference: 'azureml:passengers:1' });
        await expect(lineage).toContainText('Nothing is recorded yet.');
      }
    }
  ];
}
