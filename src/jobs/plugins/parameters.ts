// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { INotebookTracker } from '@jupyterlab/notebook';
import type { Notebook } from '@jupyterlab/notebook';

import { definePlugin, ICommands } from '../../resources';
import { JobCommands } from '../commands';
import { isParameters, markParameters } from '../parameters';

const parameters = definePlugin({
  id: 'jupyter-ml:parameters-cell',
  description: 'Marks the cell of a notebook that contains the parameters of its jobs.',
  requires: { commands: ICommands },
  optional: { notebooks: INotebookTracker },
  activate: ({ shell }, { commands, notebooks, trans }): void => {
    if (!notebooks) return;
    const label = trans.__('Parameters');
    const current = (): Notebook | null =>
      notebooks.currentWidget === shell.currentWidget ? (notebooks.currentWidget?.content ?? null) : null;
    const isMarked = (): boolean => {
      const cell = current()?.activeCell;
      return cell ? isParameters(cell.model) : false;
    };
    commands.add({
      id: JobCommands.markParameters,
      label: trans.__('Mark Cell as Parameters'),
      caption: trans.__('A form asks for the values that this cell assigns when the notebook runs as a job'),
      isEnabled: () => current()?.activeCell?.model.type === 'code',
      isToggled: isMarked,
      execute: () => {
        const notebook = current();
        if (!notebook?.activeCell) return;
        const cells = notebook.widgets.map(({ model }) => model);
        markParameters(cells, isMarked() ? null : notebook.activeCell.model);
      },
      palette: true
    });
    notebooks.widgetAdded.connect((_, panel) => void import('./parametersMark').then(({ show }) => show(panel, label)));
    notebooks.activeCellChanged.connect(() => commands.registry.notifyCommandChanged(JobCommands.markParameters));
  }
});

export default [parameters];
