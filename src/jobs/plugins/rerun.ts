// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager } from '@jupyterlab/docmanager';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Job } from '../../api';
import { CLICKED, definePlugin, ICommands } from '../../resources';
import { IWorkspaceManager } from '../../workspace';
import { JobCommands } from '../commands';
import { isFinal } from '../state';
import { IJobManager } from '../tokens';
import { ITargets } from './targets';

const ARGS = {
  name: { type: 'string', description: 'The name of a job; by default the selected ones' },
  names: { type: 'array', items: { type: 'string' }, description: 'The names of jobs' },
  ...CLICKED
};

const rerun = definePlugin({
  id: 'jupyter-ml:rerun',
  description: 'Runs jobs again without a form.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    targets: ITargets,
    workspace: IWorkspaceManager,
    documents: IDocumentManager
  },
  activate: (_, { commands, targets, trans, ...services }): void => {
    const applies = (args: ReadonlyPartialJSONObject): boolean =>
      targets.names(args).some(name => {
        const job = services.jobs.peek(name);
        return !job || canRerun(job);
      });

    const add = (id: string, snapshot: boolean, label: string, caption: string): void =>
      commands.add({
        id,
        label: args => targets.label(label, args),
        caption,
        icon: snapshot ? undefined : refreshIcon,
        args: ARGS,
        isEnabled: applies,
        isVisible: applies,
        execute: async args => {
          const { rerunJobs } = await import('./rerunJobs');
          const submitted = await rerunJobs(targets.names(args), snapshot, services, trans);
          if (submitted.length === 1) commands.execute(JobCommands.open, { name: submitted[0].name });
        },
        palette: true
      });
    add(
      JobCommands.rerun,
      false,
      trans.__('Run Again'),
      trans.__('Run the job again with the same parameters and the current version of its files')
    );
    add(
      JobCommands.rerunSnapshot,
      true,
      trans.__('Run Again with the Same Code'),
      trans.__('Run the job again with the code as it was submitted')
    );
  }
});

const canRerun = ({ state, spec, runner }: Job): boolean => isFinal(state) && spec !== null && runner === 'supervisor';

export default [rerun];
