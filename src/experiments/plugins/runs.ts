// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';

import { IJobManager, IJobSelection } from '../../jobs';
import { JobCommands } from '../../jobs/commands';
import { CLICKED, ContextTarget, definePlugin, ICommands, IConnection, Panels } from '../../resources';
import { ISidebar } from '../../sidebar';
import { ILinks, IWorkspaceManager } from '../../workspace';
import { ExperimentCommands } from '../commands';
import { IExperimentManager } from '../tokens';

const runs = definePlugin({
  id: 'jupyter-ml:runs',
  description: 'Shows the runs of an experiment in a table, with charts.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    jobs: IJobManager,
    experiments: IExperimentManager,
    links: ILinks,
    selection: IJobSelection,
    sidebar: ISidebar,
    workspace: IWorkspaceManager
  },
  optional: { restorer: ILayoutRestorer },
  activate: (app, { commands, experiments, links, sidebar, restorer, ...services }): void => {
    const { trans } = services;
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-runs');
    const target = new ContextTarget('experiment');
    const shown = new Map<string, string>();
    commands.add({
      id: ExperimentCommands.open,
      label: trans.__('Open Experiment'),
      caption: trans.__('Show the runs of an experiment in a table, with charts'),
      args: { name: { type: 'string', description: 'The name of an experiment' }, ...CLICKED },
      isEnabled: ({ name, clicked }) => (clicked ? target.name : name) !== undefined,
      execute: async args => {
        const name = args.clicked ? target.name : (args.name as string | undefined);
        const link = `experiment/${name}`;
        if (!name || links.leave(link)) return;
        const { makeRunsPanel } = await import('../runs');
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
      get: name => experiments.get(name),
      open: ([name]) => commands.execute(ExperimentCommands.open, { name })
    });
    services.workspace.switched.connect(() => panels.close());
    panels.restore(restorer, ExperimentCommands.open, ({ id }) => ({ name: shown.get(id) ?? '' }));
  }
});

export default [runs];
