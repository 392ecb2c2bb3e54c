// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';

import type { Job } from '../../api';
import { makeJob } from '../../testing/jobs';
import { BrowserTitle } from './browserTitle';

it('shows the progress of the current panel in the title of the page, unless that is switched off', async () => {
  const running = (cells_done: number): Job =>
    makeJob('a', { state: 'Running', progress: { ...makeJob('a').progress, cells_done, cells_total: 4 } });
  const changed = new Signal<object, void>({});
  const panel = { model: { job: running(1), changed }, disposed: new Signal<object, void>({}) };
  const currentChanged = new Signal<object, void>({});
  const shell = { currentWidget: panel as unknown, currentChanged };
  let wanted = true;
  const settings = { get: () => ({ composite: wanted }), changed: new Signal<object, void>({}) };
  const panels = {
    forEach: (act: (each: object) => void) => act(panel),
    find: (is: (each: object) => boolean) => (is(panel) ? panel : undefined),
    widgetAdded: new Signal({})
  };
  document.title = 'lab';
  new BrowserTitle(shell as never, panels as never, { load: () => Promise.resolve(settings) } as never);
  await Promise.resolve();
  expect(document.title).toBe('(25%) lab');
  document.title = 'other'; // by JupyterLab
  panel.model.job = running(2);
  changed.emit();
  expect(document.title).toBe('(50%) other');
  shell.currentWidget = null;
  currentChanged.emit();
  expect(document.title).toBe('other');
  shell.currentWidget = panel;
  currentChanged.emit();
  wanted = false;
  settings.changed.emit();
  expect(document.title).toBe('other');
  wanted = true;
  panel.model.job = makeJob('a', { state: 'Completed' });
  settings.changed.emit();
  expect(document.title).toBe('other');
});
