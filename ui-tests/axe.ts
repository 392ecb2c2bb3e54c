// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

/** Elements of the extension; the rest of the page belongs to JupyterLab. */
const OURS = [
  '#jp-MLSidebar',
  '.jp-MLJobPanel',
  '.jp-MLForm',
  '.jp-MLCompare',
  '.jp-MLRuns',
  '.jp-MLDataView',
  '.jp-MLAsset',
  '.jp-MLAssetForm',
  '.jp-MLModel',
  '.jp-MLLineage',
  '.jp-MLCompletions',
  '.jp-MLJobCounts',
  '.jp-Dialog'
];

/** What jobs have printed; its markup is the user's. */
const FOREIGN = ['.jp-OutputArea-output'];

interface IAxeWindow {
  axe: { run: (context: object, options: RunOptions) => Promise<AxeResults> };
}

/**
 * Return what axe-core finds in the visible elements of the extension, one line for each element.
 *
 * @param rules - The rules to check; by default all.
 */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
  }
  return page.evaluate(
    async ([selectors, exclude, some]) => {
      const include = selectors.filter(selector =>
        [...document.querySelectorAll(selector)].some(element => element.checkVisibility())
      );
      const options: RunOptions = {
        resultTypes: ['violations'],
        preload: false, // no style sheet is read: only rules on sound and on the orientation of phones need them
        ...(some && { runOnly: { type: 'rule', values: some } })
      };
      const results = await (window as unknown as IAxeWindow).axe.run({ include, exclude }, options);
      return results.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, any, html }) => `${id}: ${target.join(' ')}: ${any[0]?.message ?? html}`)
      );
    },
    [OURS, FOREIGN, rules] as const
  );
}
