// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager } from '@jupyterlab/docmanager';
import { copyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Job } from '../../api';
import { copy, visible } from '../../components';
import { CLICKED, definePlugin, ICommands } from '../../resources';
import { IWorkspaceManager } from '../../workspace';
import { JobCommands } from '../commands';
import type { Field } from '../editing';
import { jobReference } from '../reference';
import { countStates, stateText } from '../state';
import { IJobManager, IJobSelection } from '../tokens';
import { jobActions } from './actions';
import { ITargets } from './targets';

const ARGS = {
  name: { type: 'string', description: 'The name of a job; by default the selected ones' },
  names: { type: 'array', items: { type: 'string' }, description: 'The names of jobs' },
  ...CLICKED
};

const jobCommands = definePlugin({
  id: 'jupyter-ml:job-commands',
  description: 'Commands for jobs: cancel, archive, delete and others.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    selection: IJobSelection,
    targets: ITargets,
    workspace: IWorkspaceManager,
    documents: IDocumentManager
  },
  activate: (_, { commands, jobs, selection, targets, workspace, documents, trans }): void => {
    const open = (path: string): Promise<unknown> => reveal(path, documents);
    for (const { id, label, caption, icon, applies, run } of jobActions({ jobs, open, trans })) {
      const isApplicable = (args: ReadonlyPartialJSONObject): boolean =>
        targets.names(args).some(name => {
          const job = jobs.peek(name);
          return !job || applies(job);
        });
      commands.add({
        id,
        label: args => targets.label(label, args),
        caption,
        icon,
        args: ARGS,
        isEnabled: isApplicable,
        isVisible: isApplicable, // commands that cannot work are hidden
        execute: async args => {
          const named = targets.names(args).map(async name => jobs.peek(name) ?? (await jobs.get(name)));
          const found = await Promise.all(named);
          const meant = found.filter(applies);
          if (meant.length) await run(meant);
          else if (found.length) throw new Error(inapplicable(found[0], trans));
        },
        palette: true
      });
    }
    const edit = (id: string, field: Field, label: string, caption: string): void =>
      commands.add({
        id,
        label,
        caption,
        args: ARGS,
        isEnabled: args => targets.row(args) !== null,
        isVisible: args => targets.row(args) !== null,
        execute: async args => {
          const [name, row] = [targets.name(args), targets.row(args)];
          if (name && row) (await import('../editing')).editInRow(jobs, name, field, row, trans);
        }
      });
    edit(JobCommands.rename, 'display_name', trans.__('Rename Job'), trans.__('Change the display name of the job'));
    edit(JobCommands.editNote, 'description', trans.__('Edit Note'), trans.__('Change the description of the job'));
    const waiting = (): number => countStates(workspace.workspace?.jobs ?? {}).queued;
    commands.add({
      id: JobCommands.cancelQueued,
      label: trans.__('Cancel All Queued Jobs…'),
      caption: trans.__('Cancel the jobs that have not started'),
      isEnabled: () => waiting() > 0,
      isVisible: () => waiting() > 0,
      execute: async () => (await import('./operations')).cancelQueued(waiting(), jobs, trans),
      palette: true
    });
    commands.add({
      id: JobCommands.copyReference,
      label: args => targets.label(trans.__('Copy Job Reference'), args),
      caption: trans.__('Copy Python code that loads the job'),
      icon: copyIcon,
      args: ARGS,
      isEnabled: args => targets.names(args).length > 0,
      execute: args => copy(jobReference(targets.names(args)), trans.__('The reference is copied.')),
      palette: true
    });
    selection.changed.connect(() => commands.registry.notifyCommandChanged());
    jobs.changed.connect((_, job) => selection.names.includes(job.name) && commands.registry.notifyCommandChanged());
  }
});

/** Open a document, or activate and reload it: the job may have continued. */
async function reveal(path: string, documents: IDocumentManager): Promise<void> {
  const widget = documents.findWidget(path, null);
  documents.openOrReveal(path);
  if (widget) await documents.contextForWidget(widget)?.revert();
}

/** Return why nothing was done: the job may have changed since the menu opened. */
function inapplicable({ display_name, state, request }: Job, trans: TranslationBundle): string {
  const now = request?.kind === 'delete' ? trans.__('being deleted') : stateText(state, trans);
  return trans.__('Not possible for %1 in its current state: %2', visible(display_name), now);
}

export default [jobCommands];
