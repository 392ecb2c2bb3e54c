// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { FrameRecorder } from './frames';
import type { IFrames } from './frames';

test.use({ filled: 10_000, experiment: 'trees' });

// prints the frames of each action on 10,000 runs, beside those of a page on which nothing happens
test('the table and the charts of 10,000 runs', async ({ page, workbench }) => {
  const { mouse, keyboard } = page;
  const recorder = await FrameRecorder.create(page);
  const found: Record<string, IFrames> = {};
  const record = async (name: string, inputs: number, input: (index: number) => Promise<unknown>): Promise<void> => {
    found[name] = await recorder.record(inputs, input);
  };
  await record('nothing happens', 60, index => mouse.move(700 + (index % 2), 400));

  await workbench.openSidebar();
  await workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: 'Experiments' }).click();
  await workbench.sidebar.locator('[data-ml-experiment="trees"]').dblclick();
  const runs = page.locator('.jp-MLRuns:visible');
  const grid = runs.getByRole('grid');
  const header = runs.getByRole('columnheader', { name: 'seed' }).getByRole('button').first();
  await expect(header).toBeVisible();
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(8_500);

  for (const layout of ['Both', 'Table', 'Charts']) {
    await runs.getByRole('button', { name: layout, exact: true }).click();
    const box = (await (layout === 'Charts' ? runs.locator('.jp-MLCharts') : grid).boundingBox())!;
    await mouse.move(box.x + 100, box.y + 200);
    await record(`${layout}: scroll`, 60, () => mouse.wheel(0, 240));
    if (layout === 'Charts') continue;
    await record(`${layout}: sort`, 6, () => header.click());
    await record(`${layout}: group`, 6, index =>
      runs.getByLabel('Group by').selectOption(index % 2 ? '' : 'parameters.optimizer')
    );
    await grid.evaluate(element => element.scrollTo(0, 0));
    await runs.locator('.jp-MLRuns-row').nth(2).click();
    await record(`${layout}: select`, 60, () => keyboard.press('ArrowDown'));
    await record(`${layout}: select many`, 20, () => keyboard.press('Shift+PageDown'));
    await record(`${layout}: first and last`, 10, index => keyboard.press(index % 2 ? 'Home' : 'End'));
    const edge = (await runs.locator('.jp-MLRuns-edge').nth(1).boundingBox())!;
    await mouse.move(edge.x + 2, edge.y + 8);
    await mouse.down();
    await record(`${layout}: resize a column`, 60, index => mouse.move(edge.x + index, edge.y + 8));
    await mouse.up();
    await record(`${layout}: resize the window`, 10, index =>
      page.setViewportSize({ width: 1280 + index * 20, height: 800 })
    );
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  const empty = found['nothing happens'].median;
  const line = (name: string, cells: string[]): string => name.padEnd(26) + cells.map(cell => cell.padStart(9)).join('');
  console.log(line('', ['median', 'ratio', '95 %', 'longest', 'CPU', 'a frame']));
  for (const [name, { median, p95, longest, cpu, cpuOfFrame }] of Object.entries(found)) {
    console.log(line(name, [median, median / empty, p95, longest, cpu, cpuOfFrame].map(value => value.toFixed(1))));
  }
});
