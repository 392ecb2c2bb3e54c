// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { JSX } from 'react';

import type { Experiment } from '../api';
import { Age, formatCount, visible } from '../components';
import { useTrans } from '../hooks';
import { IJobManager, IJobSelection } from '../jobs';
import { JobCommands } from '../jobs/commands';
import { CLICKED, ContextTarget, definePlugin, ICommands, IConnection, IKinds, Panels } from '../resources';
import { filterTerm, ISidebar } from '../sidebar';
import { ILinks, IWorkspaceManager } from '../workspace';

/** IDs of the commands for experiments, which take the `name` of an experiment. */
export const ExperimentCommands = {
  open: 'jupyter-ml:open-experiment',
  show: 'jupyter-ml:show-experiment'
} as const;

const ARGS = { name: { type: 'string', description: 'The name of an experiment' }, ...CLICKED };

const view = definePlugin({
  id: 'jupyter-ml:experiments',
  description: 'Shows the number of jobs of experiments in the sidebar, and filters jobs by experiment.',
  requires: { commands: ICommands, kinds: IKinds, sidebar: ISidebar },
  activate: (_, { commands, kinds, sidebar, trans }): void => {
    kinds.setView<Experiment>('experiment', {
      title: trans.__('Experiments'),
      empty: trans.__('An experiment groups related jobs. Submit a job and name its experiment.'),
      renderRow: experiment => <ExperimentRow experiment={experiment} />,
      commands: [ExperimentCommands.open, ExperimentCommands.show]
    });
    const target = new ContextTarget('experiment');
    commands.add({
      id: ExperimentCommands.show,
      label: trans.__('Show Jobs of Experiment'),
      args: ARGS,
      isEnabled: args => nameOf(args, target) !== undefined,
      execute: args => sidebar.setFilter(filterTerm('experiment', nameOf(args, target) ?? ''))
    });
  }
});

const runs = definePlugin({
  id: 'jupyter-ml:runs',
  description: 'Shows the runs of an experiment in a table, with charts.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    jobs: IJobManager,
    links: ILinks,
    selection: IJobSelection,
    sidebar: ISidebar,
    workspace: IWorkspaceManager
  },
  optional: { restorer: ILayoutRestorer },
  activate: (app, { commands, links, sidebar, restorer, ...services }): void => {
    const { trans } = services;
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-runs');
    const target = new ContextTarget('experiment');
    const shown = new Map<string, string>();
    commands.add({
      id: ExperimentCommands.open,
      label: trans.__('Open Experiment'),
      caption: trans.__('Show the runs of an experiment in a table, with charts'),
      args: ARGS,
      isEnabled: args => nameOf(args, target) !== undefined,
      execute: async args => {
        const name = nameOf(args, target);
        const link = `experiment/${name}`;
        if (!name || links.leave(link)) return;
        const { makeRunsPanel } = await import('./runs');
        const id = `jp-MLRuns-${name}`;
        const create = (): MainAreaWidget => {
          const panel = makeRunsPanel(name, services, {
            saved: sidebar.saved,
            onOpen: job => commands.execute(JobCommands.open, { name: job }),
            onCompare: names => commands.execute(JobCommands.compare, { names: [...names] }),
            onCopyLink: () => links.copy(link)
          });
          shown.set(id, name);
          panel.disposed.connect(() => shown.delete(id));
          return panel;
        };
        await panels.open(id, create, link);
      }
    });
    links.add('experiment', {
      get: name => services.connection.api.get('/experiments/{name}', { params: { path: { name } } }),
      open: ([name]) => commands.execute(ExperimentCommands.open, { name })
    });
    panels.restore(restorer, ExperimentCommands.open, ({ id }) => ({ name: shown.get(id) ?? '' }));
  }
});

const nameOf = ({ name, clicked }: ReadonlyPartialJSONObject, target: ContextTarget): string | undefined =>
  clicked ? target.name : (name as string | undefined);

function ExperimentRow({ experiment }: { experiment: Experiment }): JSX.Element {
  const trans = useTrans();
  const { name, description, jobs, last_job_at, created_at } = experiment;
  return (
    <>
      <span className="jp-MLRow-name" title={visible(description ?? name, true)}>
        {visible(name)}
      </span>
      <span className="jp-MLRow-status">{trans._n('%2 job', '%2 jobs', jobs, formatCount(jobs))}</span>
      <Age time={last_job_at ?? created_at} />
    </>
  );
}

export default [view, runs];
