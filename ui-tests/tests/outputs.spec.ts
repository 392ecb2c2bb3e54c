// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

const REPORT = [
  '<h1>Report</h1>',
  '<script>document.querySelector("h1").textContent = "a script ran"; try { top.hacked = 1 } catch {}</script>',
  '<form action="https://example.org"><button>send</button></form>',
  '<a target="_top" href="https://example.org">away</a>',
  '<img src="https://example.org/beacon.png">'
].join('');

const CELLS = [
  `import mlflow, numpy, pathlib
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 3, 2])
mlflow.log_figure(figure, 'plots/line.png')
mlflow.log_param('by_hand', 5)
mlflow.set_tag('team', 'blue')`,
  `mlflow.log_table({'question': ['why'], 'score': [0.5]}, 'evaluation/answers.json')
mlflow.log_dict({'layers': [1, {'units': 2}]}, 'config.json')
mlflow.log_text(${JSON.stringify(REPORT)}, 'report.html')
for step in range(3):
    mlflow.log_image(numpy.full((8, 8, 3), step * 100, dtype='uint8'), key='digits', step=step)`,
  `from sklearn.linear_model import LinearRegression
import pandas
data = pandas.DataFrame({'age': [1.0, 2.0], 'height': [3.0, 4.0]})
mlflow.log_input(mlflow.data.from_pandas(data, name='people'), context='training')
model = LinearRegression().fit(data, [1.0, 2.0])
mlflow.sklearn.log_model(model, name='model', input_example=data, pip_requirements=['scikit-learn'])`,
  `numpy.save('outputs/weights.npy', numpy.arange(6.0).reshape(2, 3))
data.to_csv('outputs/people.csv', index=False)
pathlib.Path('outputs/<b> "odd"\\n.txt').write_text('an odd name')
pathlib.Path('beside.csv').write_text('lost')`
];

// the frame of the report is refused what it asks for
test.use({ expected: [/sandbox|Content Security Policy|Content-Security-Policy|beacon/i] });

test('what a notebook logs with MLflow is in Outputs and Overview', async ({ page, workbench }) => {
  await workbench.addNotebook('log.ipynb', CELLS);
  await workbench.openForm('log.ipynb');
  await workbench.submit();
  await expect(workbench.state).toContainText('Completed');

  const overview = workbench.panel.getByRole('tabpanel', { name: 'Overview' });
  const card = overview.getByRole('article', { name: 'Model model' });
  await expect(card).toContainText('sklearn');
  await expect(card).toContainText('age: double');
  for (const text of ['by_hand', 'blue', 'people']) await expect(overview).toContainText(text);
  await page.screenshot({ path: 'results/looks/overview-logged.png' });

  const outputs = await workbench.openTab('Outputs');
  const tree = outputs.getByRole('tree', { name: 'Files' });
  const item = (name: string | RegExp) => tree.getByRole('treeitem', { name });
  const preview = outputs.locator('.jp-MLFiles-preview');
  await expect(outputs).toContainText('beside.csv (4 bytes) was written outside outputs/');
  await expect(item(/<b> "odd"\\n\.txt/)).toBeVisible();

  const select = async (name: string): Promise<void> => {
    await item(name).click();
    await expect(preview.locator('.jp-MLFile-path')).toHaveText(new RegExp(`(^|/)${name}$`));
  };
  // rows below a directory move when its files come
  const open = async (name: string, file: string | RegExp): Promise<void> => {
    await select(name);
    await expect(item(file).first()).toBeVisible();
  };

  await select('people.csv');
  await expect(preview.getByRole('columnheader', { name: 'height' })).toBeVisible();
  await select('weights.npy');
  await expect(preview).toContainText('float64 (2, 3)');

  await open('plots', 'line.png');
  await tree.press('ArrowRight');
  await expect(preview.getByRole('img', { name: 'plots/line.png' })).toBeVisible();
  await page.screenshot({ path: 'results/looks/outputs-figure.png' });
  await open('evaluation', 'answers.json');
  await select('answers.json');
  await expect(preview.getByRole('columnheader', { name: 'question' })).toBeVisible();
  await open('images', /digits/);
  await expect(preview.getByRole('img', { name: 'digits, Step 2' })).toBeVisible();
  await preview.getByRole('slider').fill('0');
  await expect(preview.getByRole('img', { name: 'digits, Step 0' })).toBeVisible();
  await page.screenshot({ path: 'results/looks/outputs-images.png' });
  await open('model', 'MLmodel');
  await expect(preview.getByRole('article', { name: 'Model model' })).toContainText('height: double');
  await tree.press('End');
  await select('config.json');
  await expect(preview).toContainText('layers');
  await page.screenshot({ path: 'results/looks/outputs-json.png' });
  await select('output.ipynb');
  await expect(preview.locator('.jp-MLCell').first()).toContainText('import mlflow');

  // not the event of a request: Chromium may emit that for one that the page's policy blocks
  const away: string[] = [];
  await page.route('**://example.org/**', route => {
    away.push(route.request().url());
    return route.fulfill({ status: 204 });
  });
  await select('report.html');
  const frame = preview.frameLocator('iframe');
  await expect(frame.getByRole('heading')).toHaveText('Report');
  const address = page.url();
  await frame.getByRole('button', { name: 'send' }).click();
  await frame.getByRole('link', { name: 'away' }).click();
  await page.screenshot({ path: 'results/looks/outputs-html.png' });
  expect(away).toEqual([]);
  await preview.getByRole('button', { name: 'Trust and Run' }).click();
  await expect(frame.getByRole('heading')).toHaveText('a script ran');
  expect(page.url()).toBe(address);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(away.filter(url => !url.includes('beacon'))).toEqual([]);

  const download = page.waitForEvent('download');
  await outputs.getByRole('link', { name: 'Download All' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
});
