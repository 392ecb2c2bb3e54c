// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { writeFileSync } from 'node:fs';

import { violations } from '../axe';
import { clipped } from '../clipped';
import { test } from '../fixtures';
import { allViews, runJobs } from '../views';

const FOLDER = process.env.PICTURES ?? 'results/pictures';
const THEMES = (process.env.THEMES ?? 'Light,Dark,Dark High Contrast').split(',');
const SIZES = (process.env.SIZES ?? '1280x800,1920x1080').split(',').map(size => {
  const [width, height] = size.split('x').map(Number);
  return { width, height };
});

const VIEWS = new RegExp(process.env.VIEWS ?? '');

// a picture of a view with errors is wanted as well
test.use({ expected: [/./] });

// in the environment, PICTURES is the directory; THEMES, SIZES and VIEWS, a regular expression, choose pictures
test('every view in every theme', async ({ page, workbench }) => {
  const jobs = await runJobs(workbench);
  const views = allViews(workbench, jobs).filter(({ name }) => VIEWS.test(name));
  const problems: string[] = [];
  for (const theme of THEMES) {
    await page.theme.setTheme(`JupyterLab ${theme}`);
    for (const { name, show } of views) {
      try {
        await show();
      } catch (reason) {
        problems.push(`${name} in ${theme}: ${String(reason).slice(0, 600)}`);
        console.log(problems.at(-1));
        continue;
      }
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await page.screenshot({ path: `${FOLDER}/${theme.replaceAll(' ', '')}-${size.width}/${name}.png` });
        for (const text of await clipped(page)) problems.push(`${name} at ${size.width}: clipped: ${text}`);
      }
      await page.setViewportSize(SIZES[0]);
      for (const text of await violations(page)) problems.push(`${name} in ${theme}: ${text}`);
    }
  }
  writeFileSync(`${FOLDER}/problems.txt`, [...new Set(problems)].sort().join('\n'));
});
