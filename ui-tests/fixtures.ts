// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, JupyterLabPage, test as galata } from '@jupyterlab/galata';

import { Lab, TOKEN } from './lab';
import { slowDown } from './slow';
import { Workbench } from './workbench';

interface IWorkerFixtures {
  /** How many jobs the workspace contains at first; each number has its own JupyterLab. */
  filled: number;
  /** The experiment of these jobs; by default they are in several. */
  experiment: string;
  /** A JupyterLab server, shared by the tests of a worker. */
  lab: Lab;
}

interface ITestFixtures {
  /** Page object of the extension. */
  workbench: Workbench;
  /** Errors in the browser's console that a test expects. */
  expected: RegExp[];
  /** Ends what a test leaves running. */
  ended: void;
  /** Slows the browser down if UI_SLOW is set. */
  slow: void;
}

/** Jupyter Server cannot list the kernels while one of them has been added, but has no `last_activity` yet. */
const OF_JUPYTER_SERVER = /status of 500.*\/api\/kernels/;

// galata waits 15 seconds for the start of JupyterLab, which is not enough on a busy machine
JupyterLabPage.prototype.waitForCondition = (condition, timeout) =>
  expect.poll(condition, { timeout, message: 'condition of galata' }).toBe(true);

/** Tests of galata with a server of their own; they fail on unexpected errors in the console. */
export const test = galata.extend<ITestFixtures, IWorkerFixtures>({
  filled: [0, { option: true, scope: 'worker' }],
  experiment: ['', { option: true, scope: 'worker' }],
  lab: [
    async ({ filled, experiment }, use) => {
      const lab = await Lab.create();
      if (filled) await lab.fill(filled, experiment);
      await lab.start();
      await use(lab);
      await lab.dispose();
    },
    { scope: 'worker', timeout: 300_000 }
  ],
  baseURL: ({ lab }, use) => use(lab.url),
  extraHTTPHeaders: { Authorization: `token ${TOKEN}` },
  expected: [[], { option: true }],
  slow: [
    async ({ context }, use) => {
      if (process.env.UI_SLOW) await slowDown(context, Number(process.env.UI_SLOW));
      await use();
    },
    { auto: true }
  ],
  ended: [
    async ({ lab }, use) => {
      await use();
      await lab.cancelJobs();
    },
    { auto: true }
  ],
  // galata waits for the launcher, which is not shown after a reload
  waitForApplication: ({}, use) => use(page => page.locator('#jupyterlab-splash').waitFor({ state: 'detached' })),
  // galata ends its interception of requests before the page is closed, whose layout the server would store then
  page: async ({ page }, use) => {
    await use(page);
    await page.close();
  },
  workbench: async ({ page, tmpPath, expected }, use) => {
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(String(error.stack)));
    page.on('console', message => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
    });
    await use(new Workbench(page, tmpPath));
    const patterns = [...expected, OF_JUPYTER_SERVER];
    expect(errors.filter(text => !patterns.some(pattern => pattern.test(text)))).toEqual([]);
  }
});

export { expect };
