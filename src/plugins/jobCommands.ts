import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IJobManager, IJobSelection, IWorkspaceManager } from '../managers';
import { jobActions } from './jobActions';
import { orTell } from './orTell';

const ARGS = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'The name of a job; those that are selected when absent' },
    names: { type: 'array', items: { type: 'string' }, description: 'The names of several jobs' }
  }
} as const;

const jobCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:job-commands',
  description: 'Commands about jobs: cancel, archive, delete, and more.',
  autoStart: true,
  requires: [ITranslator, IJobManager, IJobSelection, IWorkspaceManager, IDocumentManager],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    jobs: IJobManager,
    selection: IJobSelection,
    workspace: IWorkspaceManager,
    documents: IDocumentManager,
    palette: ICommandPalette | null
  ): void => {
    const { commands, serviceManager } = app;
    const trans = translator.load('jupyter_ml');
    const open = (path: string): unknown => documents.openOrReveal(path);
    for (const action of jobActions({ jobs, workspace, contents: serviceManager.contents, open, trans })) {
      const { id, label, caption = '', icon, suits, run, hides } = action;
      const makesSense = (args: ReadonlyPartialJSONObject): boolean =>
        namesOf(args, selection).some(name => {
          const job = jobs.peek(name);
          return !job || suits(job);
        });
      commands.addCommand(id, {
        label,
        caption,
        icon,
        describedBy: { args: ARGS },
        isEnabled: makesSense,
        isVisible: args => !hides || makesSense(args),
        execute: args =>
          orTell(label, trans, async () => {
            const named = namesOf(args, selection).map(async name => jobs.peek(name) ?? (await jobs.get(name)));
            const meant = (await Promise.all(named)).filter(suits);
            if (meant.length) await run(meant);
          })
      });
      palette?.addItem({ command: id, category: trans.__('Machine Learning') });
    }
    selection.changed.connect(() => commands.notifyCommandChanged());
    jobs.changed.connect((_, job) => selection.names.includes(job.name) && commands.notifyCommandChanged());
  }
};

function namesOf(args: ReadonlyPartialJSONObject, selection: IJobSelection): readonly string[] {
  if (Array.isArray(args.names)) return args.names as string[];
  return typeof args.name === 'string' ? [args.name] : selection.names;
}

export default [jobCommands];
