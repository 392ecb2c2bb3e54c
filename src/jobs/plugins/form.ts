// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { mlIcon } from '../../components';
import { CLICKED, definePlugin, ICommands } from '../../resources';
import { ILinks } from '../../workspace';
import { JobCommands } from '../commands';
import { jobOf } from '../drive';
import { isRunnable } from '../runnable';
import { IJobManager, IJobSelection } from '../tokens';
import type { Forms } from './forms';
import { ITargets } from './targets';

const forms = definePlugin({
  id: 'jupyter-ml:forms',
  description: 'Runs notebooks, scripts and job files as jobs, and reruns jobs.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    selection: IJobSelection,
    targets: ITargets,
    links: ILinks,
    documents: IDocumentManager,
    translator: ITranslator
  },
  optional: { state: IStateDB, notebooks: INotebookTracker, browsers: IFileBrowserFactory, launcher: ILauncher },
  activate: (app, services): void => {
    const { commands, jobs, selection, targets, documents, translator, trans } = services;
    const { notebooks, browsers, launcher } = services;
    let loading: Promise<Forms> | null = null;
    const forms = (): Promise<Forms> => (loading ??= import('./forms').then(({ Forms }) => new Forms(app, services)));

    let clicked: string | undefined;
    document.addEventListener('contextmenu', event => (clicked = fileAt(event)), true);

    /** Return the file at the position of a mouse event, in a file browser or an open document. */
    const fileAt = (event: MouseEvent): string | undefined => {
      const target = event.target as Node;
      const model = browsers?.tracker.find(({ node }) => node.contains(target))?.modelForClick(event);
      if (model) return model.path;
      const widget = [...app.shell.widgets('main')].find(({ node }) => node.contains(target));
      return widget && documents.contextForWidget(widget)?.path;
    };

    /** Return the file that a command acts on. */
    const pathOf = (args: ReadonlyPartialJSONObject): string | undefined => {
      if (typeof args.path === 'string') return args.path;
      const current = app.shell.currentWidget;
      const path = args.clicked ? clicked : current && documents.contextForWidget(current)?.path;
      return path && isRunnable(path) ? path : undefined;
    };

    const hasSelection = (): boolean => {
      const panel = notebooks?.currentWidget;
      if (!panel || panel !== app.shell.currentWidget || jobOf(panel.context.path) !== null) return false;
      return panel.content.selectedCells.some(({ model }) => model.type === 'code');
    };

    commands.add({
      id: JobCommands.run,
      label: args => (args.toolbar ? trans.__('Run as Job') : trans.__('Run as Job…')),
      caption: trans.__('Run this file in the background, and store its results'),
      icon: mlIcon,
      args: {
        path: {
          type: 'string',
          description: 'Contents path of a notebook, script or job file; by default of the current document'
        },
        clicked: { type: 'boolean', description: 'Whether to use the file under the context menu' },
        toolbar: { type: 'boolean', description: 'Whether the command is shown as a toolbar button' }
      },
      isEnabled: args => pathOf(args) !== undefined,
      isVisible: args => !args.clicked || pathOf(args) !== undefined,
      execute: async args => {
        const path = pathOf(args);
        if (path !== undefined) await (await forms()).run(path);
      },
      palette: true
    });
    commands.add({
      id: JobCommands.runCells,
      label: trans.__('Run Selected Cells as Job…'),
      caption: trans.__('Run the selected cells in the background, after the parameters cell'),
      isEnabled: hasSelection,
      execute: async () => notebooks?.currentWidget && (await forms()).runCells(notebooks.currentWidget),
      palette: true
    });
    commands.add({
      id: JobCommands.create,
      label: args => (args.launcher ? trans.__('Run as Job') : trans.__('Run as Job: Select a File…')),
      caption: trans.__('Select a notebook, script or job file, and run it in the background'),
      icon: mlIcon,
      args: { launcher: { type: 'boolean', description: 'Whether the command is shown as a launcher card' } },
      execute: async () => {
        const { choose } = await import('./fileDialog');
        const path = await choose(documents, browsers?.tracker.currentWidget?.model.path, translator, trans);
        if (path !== undefined) await (await forms()).run(path);
      },
      palette: true
    });
    commands.add({
      id: JobCommands.clone,
      label: args => targets.label(trans.__('Clone and Edit…'), args),
      caption: trans.__('Open a form with the settings of this job'),
      args: { name: { type: 'string', description: 'The name of a job; by default the selected one' }, ...CLICKED },
      isEnabled: args => {
        const name = targets.name(args);
        return name !== undefined && jobs.peek(name)?.runner !== 'papermill';
      },
      execute: async args => {
        const job = targets.name(args);
        if (job !== undefined) await (await forms()).show({ job });
      },
      palette: true
    });
    launcher?.add({ command: JobCommands.create, args: { launcher: true }, category: trans.__('Other'), rank: 10 });
    app.shell.currentChanged?.connect(() => commands.registry.notifyCommandChanged(JobCommands.run));
    notebooks?.selectionChanged.connect(() => commands.registry.notifyCommandChanged(JobCommands.runCells));
    selection.changed.connect(() => commands.registry.notifyCommandChanged(JobCommands.clone));
  }
});

export default [forms];
