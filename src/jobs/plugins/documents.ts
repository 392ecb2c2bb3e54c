// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager, IDocumentWidgetOpener } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { CommandToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { mlIcon } from '../../components';
import { CLICKED, definePlugin, ICommands } from '../../resources';
import { JobCommands } from '../commands';
import { JobDrive, jobOf, notebookPath } from '../drive';
import { IJobManager } from '../tokens';
import { ITargets } from './targets';

const ARGS = {
  path: { type: 'string', description: 'Drive path of a file of a job; by default the executed notebook' },
  name: { type: 'string', description: 'The name of a job; by default the selected one' },
  ...CLICKED
};

const documents = definePlugin({
  id: 'jupyter-ml:documents',
  description: 'Opens files of jobs as read-only documents, and saves copies of them.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    targets: ITargets,
    manager: IDocumentManager,
    opener: IDocumentWidgetOpener
  },
  optional: { browser: IDefaultFileBrowser },
  activate: (app, { commands, jobs, targets, manager, opener, browser, trans }): void => {
    const refusal = trans.__('Files of jobs are read-only. Use “Save a Copy…” in the toolbar.');
    app.serviceManager.contents.addDrive(new JobDrive(jobs.api, refusal));
    void openRouted(app);

    const marked = new WeakSet<IDocumentWidget>();
    opener.opened.connect((_, widget) => {
      if (jobOf(widget.context.path) === null || marked.has(widget)) return;
      marked.add(widget);
      mark(widget, commands.registry);
    });

    const runsNotebook = (args: ReadonlyPartialJSONObject): boolean => {
      const name = targets.name(args);
      const job = name === undefined ? null : jobs.peek(name);
      return job === undefined || (job?.spec?.type === 'notebook' && job.attempt > 0);
    };
    commands.add({
      id: JobCommands.saveCopy,
      label: args =>
        args.path === undefined
          ? targets.label(trans.__('Save a Copy of the Notebook…'), args)
          : trans.__('Save a Copy…'),
      caption: trans.__('Save a copy of the notebook with its outputs'),
      args: ARGS,
      isEnabled: args => args.path !== undefined || runsNotebook(args),
      execute: async args => {
        const name = targets.name(args) ?? '';
        const path = (args.path as string | undefined) ?? notebookPath(jobs.peek(name) ?? (await jobs.get(name)));
        const { saveCopy } = await import('./saveCopy');
        await saveCopy(path, browser?.model.path ?? '', manager, trans);
      },
      palette: true
    });
  }
});

/** Open the file of a job in the page's URL. The file browser, which opens others, fails for a drive that it has not. */
async function openRouted(app: JupyterFrontEnd): Promise<void> {
  const path = PageConfig.getOption('treePath');
  if (jobOf(path) === null) return;
  PageConfig.setOption('treePath', '');
  await app.restored;
  await app.commands.execute('docmanager:open', { path });
}

/** Make a document read-only: no kernel starts by default, nothing is saved, and a button saves a copy. */
function mark(widget: IDocumentWidget, commands: CommandRegistry): void {
  const { context, title, toolbar } = widget;
  title.icon = mlIcon.bindprops({ stylesheet: 'mainAreaTab' }); // the tab exists already
  context.model.readOnly = true;
  const { sessionContext } = context;
  sessionContext.kernelPreference = {
    ...sessionContext.kernelPreference,
    shouldStart: false,
    autoStartDefault: false
  };
  void context.ready.then(() => {
    const button = copyButton(commands, context.path);
    if (!toolbar.insertBefore('read-only-indicator', 'save-a-copy', button)) toolbar.addItem('save-a-copy', button);
  });
}

function copyButton(commands: CommandRegistry, path: string): CommandToolbarButton {
  return new CommandToolbarButton({ commands, id: JobCommands.saveCopy, args: { path } });
}

export default [documents];
