// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';

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

/** Create a resource through the REST API. */
async function create<T>({ page }: Workbench, kind: string, data: object): Promise<T> {
  const response = await page.request.post(`/jupyter-ml/v1/${kind}`, { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()) as T;
}

/** Submit a job through the REST API, and return its name. */
async function submit(workbench: Workbench, notebook: string, fields: object = {}): Promise<string> {
  const job = { type: 'notebook', notebook: `${workbench.folder}/${notebook}`, experiment_name: 'looks', ...fields };
  return (await create<{ name: string }>(workbench, 'jobs', { job })).name;
}

/** Register data that the jobs read. */
async function registerData(workbench: Workbench): Promise<void> {
  const rows = Array.from(
    { length: 200 },
    (_, row) => `${row},${['Allen', 'Allison'][row % 2]},${row % 5 ? row / 4 : ''}`
  );
  await workbench.addFile('passengers.csv', `id,name,age\n${rows.join('\n')}\n`);
  const passengers = { name: 'passengers', path: `${workbench.folder}/passengers.csv`, tags: { source: 'registry' } };
  await create(workbench, 'data', { ...passengers, description: 'Who was on board, and how old they were' });
  await create(workbench, 'data', { ...passengers, labels: ['checked'] });
}

/** Register what a job has logged, twice, and describe an environment. */
async function registerAssets(workbench: Workbench, job: string): Promise<void> {
  const path = (output: string): string => `azureml://jobs/${job}/outputs/artifacts/paths/${output}`;
  await create(workbench, 'models', { name: 'survival', path: path('model/'), description: 'A first attempt' });
  await create(workbench, 'models', { name: 'survival', path: path('outputs/model.pkl'), labels: ['champion'] });
  await create(workbench, 'environments', { name: 'sklearn', requirements: ['scikit-learn', 'pandas'] });
  await create(workbench, 'environments', { name: 'sklearn', requirements: ['scikit-learn~=1.5', 'joblib'] });
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
  await workbench.addNotebook('slow.ipynb', ['print("begun")', 'import time\ntime.sleep(3600)', 'print("never")']);
  await registerData(workbench);
  const complete = await submit(workbench, 'everything.ipynb', {
    parameters: { rate: 0.25 },
    tags: { team: 'red' },
    inputs: { passengers: 'azureml:passengers@checked' }
  });
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
  await registerAssets(workbench, complete);
  const running = await submit(workbench, 'slow.ipynb');
  const state = async (): Promise<string> => {
    const response = await page.request.get(`/jupyter-ml/v1/jobs/${running}`);
    return ((await response.json()) as { state: string }).state;
  };
  await expect.poll(state, { timeout: 240_000 }).toBe('Running');
  return { complete, failed, running };
}
