// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { expect, it, vi } from 'vitest';

import { Panels } from './panels';

const create = (): Promise<MainAreaWidget> => Promise.resolve(new MainAreaWidget({ content: new Widget() }));

it('opens one panel for each ID, also if it is opened twice at the same time', async () => {
  const shell = { add: vi.fn(), activateById: vi.fn(), collapseRight: vi.fn() };
  const panels = new Panels({ shell } as unknown as JupyterFrontEnd, 'test');
  const [first, second] = await Promise.all([panels.open('a', create, 'job/a'), panels.open('a', create, 'job/a')]);
  expect(second).toBe(first);
  expect(await panels.open('a', create)).toBe(first);
  expect(shell.add).toHaveBeenCalledOnce();
  expect(first.title.dataset).toMatchObject({ 'ml-link': 'job/a' });
  first.dispose();
  expect(panels.find('a')).toBeUndefined();
  expect(shell.collapseRight).not.toHaveBeenCalled();
});

it('collapses the area at the right with its panel', async () => {
  const shell = { add: vi.fn(), activateById: vi.fn(), collapseRight: vi.fn() };
  const panels = new Panels({ shell } as unknown as JupyterFrontEnd, 'test', 'right');
  const panel = await panels.open('a', create);
  expect(shell.add.mock.calls[0][1]).toBe('right');
  panel.dispose();
  expect(shell.collapseRight).toHaveBeenCalledOnce();
});
