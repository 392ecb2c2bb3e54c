// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager } from '@jupyterlab/docmanager';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Job } from '../../api';
import { CLICKED, definePlugin, ICommands } from '../../resources';
import { contentsPath, IWorkspaceManager } from '../../workspace';
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
  activate: (_, { commands, jobs, targets, workspace, documents, trans }): void => {
    const applies = (args: ReadonlyPartialJSONObject): boolean =>
      targets.names(args).some(name => {
        const job = jobs.peek(name);
        return !job || canRerun(job);
      });

    const run = async (name: string, snapshot: boolean): Promise<Job | null> => {
      const { spec } = jobs.peek(name) ?? (await jobs.get(name));
      const path = spec?.type === 'notebook' ? contentsPath(workspace.workspace, spec.notebook) : null;
      const { save } = await import('./saveDialog');
      if (!snapshot && path !== null && !(await save(path, documents, trans))) return null;
      return jobs.rerun(name, snapshot);
    };

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
          const submitted: Job[] = [];
          for (const name of targets.names(args)) {
            const job = await run(name, snapshot);
            if (!job) return;
            submitted.push(job);
          }
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
