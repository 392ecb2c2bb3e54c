// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';

import type { Experiment } from '../api';
import { lazily } from '../components';
import { IJobManager, IJobSelection } from '../jobs';
import { JobCommands } from '../jobs/commands';
import { CLICKED, definePanels, definePlugin, ICommands, IConnection, IKinds, namedOrClicked } from '../resources';
import { filterTerm, ISidebar } from '../sidebar';
import { ILinks, IWorkspaceManager } from '../workspace';

/** IDs of the commands for experiments, which take the `name` of an experiment. */
export const ExperimentCommands = {
  open: 'jupyter-ml:open-experiment',
  show: 'jupyter-ml:show-experiment'
} as const;

const NAME = { name: { type: 'string', description: 'The name of an experiment' } };
const NamedRow = lazily(async () => (await import('../resources/NamedRow')).NamedRow);

const view = definePlugin({
  id: 'jupyter-ml:experiments',
  description: 'Shows the number of jobs of experiments in the sidebar, and filters jobs by experiment.',
  requires: { commands: ICommands, kinds: IKinds, sidebar: ISidebar },
  activate: (_, { commands, kinds, sidebar, trans }): void => {
    kinds.setView<Experiment>('experiment', {
      title: trans.__('Experiments'),
      empty: trans.__('An experiment groups related jobs. Submit a job and name its experiment.'),
      renderRow: ({ name, description, jobs, last_job_at, created_at }) => (
        <NamedRow
          name={name}
          description={description}
          status={trans._n('%2 job', '%2 jobs', jobs, jobs.toLocaleString())}
          time={last_job_at ?? created_at}
        />
      ),
      commands: [ExperimentCommands.open, ExperimentCommands.show]
    });
    const nameOf = namedOrClicked('experiment');
    commands.add({
      id: ExperimentCommands.show,
      label: trans.__('Show Jobs of Experiment'),
      args: { ...NAME, ...CLICKED },
      isEnabled: args => nameOf(args) !== undefined,
      execute: args => sidebar.setFilter(filterTerm('experiment', nameOf(args) ?? ''))
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
  activate: (app, services): void => {
    const { commands, connection, links, sidebar, trans } = services;
    definePanels(app, services, {
      kind: 'experiment',
      id: ExperimentCommands.open,
      label: trans.__('Open Experiment'),
      caption: trans.__('Show the runs of an experiment in a table, with charts'),
      args: NAME,
      get: name => connection.api.get('/experiments/{name}', { params: { path: { name } } }),
      create: async name =>
        (await import('./runs')).makeRunsPanel(name, services, {
          saved: sidebar.saved,
          onOpen: job => commands.execute(JobCommands.open, { name: job }),
          onCompare: names => commands.execute(JobCommands.compare, { names: [...names] }),
          onCopyLink: () => links.copy(`experiment/${name}`)
        })
    });
  }
});

export default [view, runs];
