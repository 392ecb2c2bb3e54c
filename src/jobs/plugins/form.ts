// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { mlIcon } from '../../components';
import { CLICKED, definePlugin, ICommands, Panels } from '../../resources';
import { JobCommands } from '../commands';
import { jobOf } from '../drive';
import type { IFormSource } from '../form';
import { IJobManager, IJobSelection } from '../tokens';
import { ITargets } from './targets';

const forms = definePlugin({
  id: 'jupyter-ml:forms',
  description: 'Runs notebooks as jobs, and reruns jobs.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    selection: IJobSelection,
    targets: ITargets,
    documents: IDocumentManager,
    translator: ITranslator
  },
  optional: { state: IStateDB, notebooks: INotebookTracker, browsers: IFileBrowserFactory, launcher: ILauncher },
  activate: (app, services): void => {
    const { commands, jobs, selection, targets, documents, translator, trans } = services;
    const { state, notebooks, browsers, launcher } = services;
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-form');
    const saved = async (path: string): Promise<boolean> => {
      const { save } = await import('./saving');
      return save(path, documents, trans);
    };

    const show = async (source: IFormSource): Promise<void> => {
      const { makeFormPanel } = await import('../form');
      await panels.open(`jp-MLForm-${JSON.stringify(source)}`, () => {
        const done = ({ name }: { name: string }): void => commands.execute(JobCommands.open, { name });
        const inputs = freeId(panels.tracker);
        const panel = makeFormPanel(source, inputs, { jobs, state, saved, done }, trans);
        panel.node.dataset.inputs = inputs;
        return panel;
      });
    };

    let clicked: string | undefined;
    document.addEventListener('contextmenu', event => (clicked = notebookAt(event, browsers, notebooks)), true);

    /** The notebook that a command acts on. */
    const pathOf = (args: ReadonlyPartialJSONObject): string | undefined => {
      if (typeof args.path === 'string') return args.path;
      if (args.clicked) return clicked;
      const current = notebooks?.currentWidget;
      return current && current === app.shell.currentWidget ? current.context.path : undefined;
    };

    commands.add({
      id: JobCommands.run,
      label: args => (args.toolbar ? trans.__('Run as Job') : trans.__('Run as Job…')),
      caption: trans.__('Run this notebook in the background, and store its results'),
      icon: mlIcon,
      args: {
        path: { type: 'string', description: 'Contents path of the notebook; by default the current notebook' },
        clicked: { type: 'boolean', description: 'Whether to use the notebook under the context menu' },
        toolbar: { type: 'boolean', description: 'Whether the command is shown as a toolbar button' }
      },
      isEnabled: args => pathOf(args) !== undefined,
      execute: async args => {
        const path = pathOf(args);
        const job = path === undefined ? null : jobOf(path);
        if (job !== null) await show({ job });
        else if (path !== undefined && (await saved(path))) await show({ path });
      },
      palette: true
    });
    commands.add({
      id: JobCommands.create,
      label: args => (args.launcher ? trans.__('Run as Job') : trans.__('Run a Notebook as Job…')),
      caption: trans.__('Select a notebook, and run it in the background'),
      icon: mlIcon,
      args: { launcher: { type: 'boolean', description: 'Whether the command is shown as a launcher card' } },
      execute: async () => {
        const { choose } = await import('./choosing');
        const path = await choose(documents, browsers?.tracker.currentWidget?.model.path, translator, trans);
        if (path !== undefined && (await saved(path))) await show({ path });
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
        if (job !== undefined) await show({ job });
      },
      palette: true
    });
    launcher?.add({ command: JobCommands.create, args: { launcher: true }, category: trans.__('Other'), rank: 10 });
    notebooks?.currentChanged.connect(() => commands.registry.notifyCommandChanged(JobCommands.run));
    selection.changed.connect(() => commands.registry.notifyCommandChanged(JobCommands.clone));
  }
});

/** Return the notebook at the position of a mouse event, in a file browser or a notebook panel. */
function notebookAt(
  event: MouseEvent,
  browsers: IFileBrowserFactory | null,
  notebooks: INotebookTracker | null
): string | undefined {
  const target = event.target as Node;
  const model = browsers?.tracker.find(({ node }) => node.contains(target))?.modelForClick(event);
  if (model) return model.type === 'notebook' ? model.path : undefined;
  return notebooks?.find(({ node }) => node.contains(target))?.context.path;
}

/** Return an unused prefix for the IDs of a form's inputs; the first open form has `root`. */
function freeId(tracker: WidgetTracker<MainAreaWidget>): string {
  const taken = new Set<string | undefined>();
  tracker.forEach(panel => taken.add(panel.node.dataset.inputs));
  let id = 'root';
  for (let count = 2; taken.has(id); count++) id = `root${count}`;
  return id;
}

export default [forms];
