// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import type { Workbench } from './workbench';

/** A view of the extension, and how to show it. */
export interface IView {
  name: string;
  show: () => Promise<unknown>;
}

/** Names that are hard to display; each is one of a job. */
export const HOSTILE_NAMES = [
  'A very long name that describes what the job does, with which data: 80 letters..',
  'تجربة جديدة ← 2026',
  '<b onclick="alert(1)">bold</b> & "quoted"',
  '🚀 emoji 👩‍🔬 and ﷽ wide ones',
  'AVeryLongWordWithoutAnySpaceInWhichNoLineCanBeBrokenBecauseThereIsNoPlaceForItAtAll'
];

const LOGS_EVERYTHING = [
  `import matplotlib.pyplot as plt
import mlflow, numpy, pandas, pathlib
figure, axes = plt.subplots()
axes.plot([1, 3, 2])
mlflow.log_figure(figure, 'plots/line.png')
mlflow.log_param('by_hand', 5)
mlflow.set_tag('team', 'blue')
figure`,
  `for step in range(20):
    mlflow.log_metrics({'loss': rate / (step + 1), 'accuracy': 1 - rate / (step + 2)}, step=step)
    mlflow.log_image(numpy.full((8, 8, 3), step * 12, dtype='uint8'), key='digits', step=step)
    print(f'step {step}: loss {rate / (step + 1):.3f}')
mlflow.log_table({'question': ['why', 'how'], 'score': [0.5, 0.25]}, 'evaluation/answers.json')
mlflow.log_dict({'layers': [1, {'units': 2}]}, 'config.json')
mlflow.log_text('# Report\\n\\n* a list\\n* more', 'report.md')
mlflow.log_text('<h1>Report</h1><script>0</script>', 'report.html')`,
  `from sklearn.linear_model import LinearRegression
data = pandas.DataFrame({'age': [1.0, 2.0], 'height': [3.0, 4.0]})
mlflow.log_input(mlflow.data.from_pandas(data, name='people'), context='training')
model = LinearRegression().fit(data, [1.0, 2.0])
mlflow.sklearn.log_model(model, name='model', input_example=data, pip_requirements=['scikit-learn'])`,
  `numpy.save('outputs/weights.npy', numpy.arange(6.0).reshape(2, 3))
data.to_csv('outputs/people.csv', index=False)
pathlib.Path('outputs/<b> "odd"\\n.txt').write_text('an odd name')
pathlib.Path('outputs/model.pkl').write_bytes(b'0')
pathlib.Path('beside.csv').write_text('lost')
data`
];

/** Submit a job through the REST API, and return its name. */
async function submit({ page, folder }: Workbench, notebook: string, fields: object = {}): Promise<string> {
  const job = { type: 'notebook', notebook: `${folder}/${notebook}`, experiment_name: 'looks', ...fields };
  const response = await page.request.post('/jupyter-ml/v1/jobs', { data: { job } });
  expect(response.status(), await response.text()).toBe(201);
  return ((await response.json()) as { name: string }).name;
}

/** The jobs that the views show. */
export interface IJobs {
  complete: string;
  failed: string;
  running: string;
}

/** Run jobs of each kind: one that logs everything, others with odd names, a failed, a canceled and a running one. */
export async function runJobs(workbench: Workbench): Promise<IJobs> {
  const { page } = workbench;
  await workbench.addNotebook('everything.ipynb', LOGS_EVERYTHING, 'rate: float = 0.5  # how fast\nmode: str = "fast"');
  await workbench.addNotebook(
    'small.ipynb',
    ['import mlflow\nfor step in range(9):\n    mlflow.log_metric("loss", rate / (step + 1), step=step)'],
    'rate: float = 0.1'
  );
  await workbench.addNotebook('broken.ipynb', ['values = [1, 2, 3]', 'values[seed]'], 'seed: int = 7');
  await workbench.addNotebook('slow.ipynb', ['print("begun")', 'import time\ntime.sleep(600)', 'print("never")']);
  const parameters = { rate: 0.25 };
  const complete = await submit(workbench, 'everything.ipynb', { parameters, tags: { team: 'red' } });
  const failed = await submit(workbench, 'broken.ipynb');
  for (const [index, display_name] of HOSTILE_NAMES.entries()) {
    await submit(workbench, 'small.ipynb', { display_name, parameters: { rate: (index + 1) / 10 } });
  }
  const unended = async (): Promise<number> => {
    const states = ['Queued', 'Preparing', 'Running', 'Finalizing'].map(state => `states=${state}`).join('&');
    const response = await page.request.get(`/jupyter-ml/v1/jobs?${states}&limit=1`);
    return ((await response.json()) as { total: number }).total;
  };
  await expect.poll(unended, { timeout: 240_000, intervals: [1_000] }).toBe(0);
  const running = await submit(workbench, 'slow.ipynb');
  const state = async (): Promise<string> => {
    const response = await page.request.get(`/jupyter-ml/v1/jobs/${running}`);
    return ((await response.json()) as { state: string }).state;
  };
  await expect.poll(state, { timeout: 60_000 }).toBe('Running');
  return { complete, failed, running };
}

/** Execute a command; its result is left out, as widgets cannot be serialized. */
function execute({ page }: Workbench, id: string, args: Record<string, string>): Promise<void> {
  return page.evaluate(([command, options]) => void window.jupyterapp.commands.execute(command, options), [
    id,
    args
  ] as const);
}

/** Open the panel of a job. */
async function openJob(workbench: Workbench, name: string): Promise<void> {
  const { panel } = workbench;
  await execute(workbench, 'jupyter-ml:open-job', { name });
  await expect(panel).toHaveAttribute('id', `jp-MLJobPanel-${name}`);
}

/** Return the views of the sidebar. */
export function sidebarViews({ page, sidebar }: Workbench): IView[] {
  const filter = sidebar.getByRole('combobox', { name: 'Filter' });
  const completions = page.getByRole('listbox', { name: 'Completions' });
  const sections = sidebar.locator('.lm-AccordionPanel-title');
  const help = sidebar.getByRole('region', { name: 'Help on filters' });
  const helpButton = sidebar.getByRole('button', { name: 'Help on filters' });
  return [
    {
      name: 'sidebar',
      show: async () => {
        await page.sidebar.openTab('jp-MLSidebar');
        if (await help.isVisible()) await helpButton.click();
        for (const title of await sections.all()) {
          if ((await title.getAttribute('aria-expanded')) === 'false') await title.click();
        }
        await sidebar.locator('.jp-MLJob[data-name]').nth(1).click();
      }
    },
    {
      name: 'filter-completions',
      show: async () => {
        await filter.fill('is:');
        await expect(completions.getByRole('option').first()).toBeVisible();
      }
    },
    {
      name: 'filter-error',
      show: async () => {
        await filter.fill('foo:bar');
        await expect(sidebar.getByText(/unknown key 'foo'/)).toBeVisible();
      }
    },
    {
      name: 'filter-none',
      show: async () => {
        await filter.fill('nothing-like-this');
        await expect(sidebar).toContainText('No jobs match the filter.');
      }
    },
    {
      name: 'filter-saved',
      show: async () => {
        await filter.fill('');
        await filter.press('Alt+ArrowDown');
        await expect(completions.getByText('saved').first()).toBeVisible();
      }
    },
    {
      name: 'filter-help',
      show: async () => {
        await filter.press('Escape');
        await helpButton.click();
        await expect(help).toBeVisible();
      }
    }
  ];
}

/** Return the views of the panel of a job that has logged everything. */
export function jobViews(workbench: Workbench, name: string): IView[] {
  const { panel } = workbench;
  const tree = panel.getByRole('tree', { name: 'Files' });
  const item = (path: string): Locator => tree.getByRole('treeitem', { name: path });
  const preview = panel.locator('.jp-MLFiles-preview');
  const previews: [name: string, path: string, seen: () => Locator, parent?: string][] = [
    ['csv', 'people.csv', () => preview.getByRole('columnheader', { name: 'height' })],
    ['array', 'weights.npy', () => preview.getByText('float64 (2, 3)')],
    ['odd-name', '<b>', () => preview.getByText('an odd name')],
    ['binary', 'model.pkl', () => preview.getByText('No preview is available')],
    ['image', 'line.png', () => preview.getByRole('img', { name: 'plots/line.png' }), 'plots'],
    ['table', 'answers.json', () => preview.getByRole('columnheader', { name: 'question' }), 'evaluation'],
    ['model', 'model', () => preview.getByRole('article', { name: 'Model model' })],
    ['json', 'config.json', () => preview.getByText('layers')],
    ['markdown', 'report.md', () => preview.getByRole('heading', { name: 'Report' })],
    ['html', 'report.html', () => preview.locator('iframe')],
    ['notebook', 'output.ipynb', () => preview.locator('.jp-MLCell').first()],
    ['images-by-step', 'images', () => preview.getByRole('slider')]
  ];
  return [
    {
      name: 'job-overview',
      show: async () => {
        await openJob(workbench, name);
        const overview = await workbench.openTab('Overview');
        await expect(overview.getByRole('article', { name: 'Model model' })).toBeVisible();
      }
    },
    { name: 'job-notebook', show: () => workbench.openTab('Notebook') },
    {
      name: 'job-metrics',
      show: async () => {
        const metrics = await workbench.openTab('Metrics');
        await expect(metrics.locator('canvas').first()).toBeVisible();
      }
    },
    {
      name: 'job-logs',
      show: async () => {
        const logs = await workbench.openTab('Logs');
        await logs.getByLabel('Search in the log').fill('step 1');
        await expect(logs.locator('mark').first()).toBeVisible();
      }
    },
    ...previews.map(([kind, path, seen, parent], index) => ({
      name: `outputs-${kind}`,
      show: async () => {
        if (index === 0) {
          await workbench.openTab('Outputs');
          await tree.press('ArrowLeft'); // close a directory that fills the tree
        }
        await tree.press('Home');
        if (parent && (await item(parent).getAttribute('aria-expanded')) !== 'true') await item(parent).click();
        await item(path).first().click();
        await expect(seen().first()).toBeVisible();
      }
    }))
  ];
}

/** Return the views of a failed and of a running job. */
export function otherJobViews(workbench: Workbench, { failed, running }: IJobs): IView[] {
  const { page, panel } = workbench;
  return [
    {
      name: 'job-failed',
      show: async () => {
        await openJob(workbench, failed);
        await workbench.openTab('Overview');
        await expect(panel.locator('.jp-MLCause')).toBeVisible();
      }
    },
    {
      name: 'job-failed-notebook',
      show: async () => {
        const notebook = await workbench.openTab('Notebook');
        await expect(notebook.locator('.jp-MLCell.jp-mod-failed')).toBeVisible();
      }
    },
    {
      name: 'job-running',
      show: async () => {
        await openJob(workbench, running);
        await expect(workbench.state).toContainText('Running');
      }
    },
    {
      name: 'dialog-delete',
      show: async () => {
        await execute(workbench, 'jupyter-ml:delete-job', { name: failed });
        await expect(page.getByRole('dialog')).toContainText('Delete');
      }
    },
    {
      name: 'dialog-cancel',
      show: async () => {
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
        await page.clock.setSystemTime(Date.now() + 2 * 86_400_000);
        await workbench.panel.getByRole('button', { name: 'Cancel', exact: true }).click();
        await expect(page.getByRole('dialog')).toContainText('It has run for');
      }
    },
    {
      name: 'notebook',
      show: async () => {
        await page.getByRole('dialog').getByRole('button', { name: 'Keep Running' }).click();
        await workbench.panel.getByRole('button', { name: 'Open executed notebook' }).click();
        await expect(page.locator('.jp-NotebookPanel:visible')).toContainText('notebook is read-only');
      }
    }
  ];
}

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

/** Return the views that compare jobs. */
export function compareViews(workbench: Workbench): IView[] {
  const { page } = workbench;
  const runs = page.locator('.jp-MLRuns:visible');
  const charts = runs.locator('.jp-MLCharts-chart');
  const addChart = async (type: string): Promise<void> => {
    await runs.getByRole('button', { name: 'Add a chart' }).click();
    await runs.getByLabel('Type').selectOption(type);
    await runs.getByRole('button', { name: 'Add', exact: true }).click();
  };
  return [
    {
      name: 'runs',
      show: async () => {
        await execute(workbench, 'jupyter-ml:open-experiment', { name: 'looks' });
        await expect(runs.locator('.jp-MLRuns-row').nth(1)).toBeVisible();
        await runs.locator('.jp-MLRuns-row').nth(1).click();
      }
    },
    ...['lines', 'bars', 'scatter', 'box', 'parallel'].map((type, index) => ({
      name: `runs-${type}`,
      show: async () => {
        if ((await charts.count()) <= index + 1) await addChart(type);
        await charts.nth(index).scrollIntoViewIfNeeded();
      }
    })),
    {
      name: 'runs-add-chart',
      show: async () => {
        await runs.getByRole('button', { name: 'Add a chart' }).click();
        await runs.getByLabel('Type').scrollIntoViewIfNeeded();
      }
    },
    {
      name: 'runs-columns',
      show: async () => {
        await runs.getByRole('button', { name: 'Cancel' }).click();
        await runs.getByRole('button', { name: 'Columns' }).click();
        await expect(page.getByRole('dialog', { name: 'Columns' })).toBeVisible();
      }
    },
    {
      name: 'runs-grouped',
      show: async () => {
        await page.keyboard.press('Escape');
        await runs.getByLabel('Group by').selectOption('parameters.rate');
      }
    },
    {
      name: 'compare',
      show: async () => {
        await runs.getByLabel('Group by').selectOption('');
        await runs.locator('.jp-MLRuns-row').nth(1).click();
        await runs
          .locator('.jp-MLRuns-row')
          .nth(5)
          .click({ modifiers: ['Shift'] });
        await runs.getByRole('button', { name: /^Compare/ }).click();
        await expect(page.locator('.jp-MLCompare:visible')).toBeVisible();
      }
    }
  ];
}

/** Return all views, in the order in which they are shown. */
export function allViews(workbench: Workbench, jobs: IJobs): IView[] {
  return [
    ...sidebarViews(workbench),
    ...jobViews(workbench, jobs.complete),
    ...formViews(workbench, jobs),
    ...compareViews(workbench),
    ...otherJobViews(workbench, jobs)
  ];
}
