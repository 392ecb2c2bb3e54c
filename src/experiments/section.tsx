// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs } from '../commands';
import { makeSection } from '../resources';
import type { IListQuery } from '../resources';
import type { ISidebar, ISidebarSection } from '../sidebar';
import { ExperimentList } from './ExperimentList';
import { ExperimentSummary } from './ExperimentSummary';
import type { IExperimentManager } from './tokens';

/** Create the section of the experiments. */
export function makeExperimentsSection(
  sidebar: ISidebar,
  experiments: IExperimentManager,
  commands: CommandRegistry,
  trans: TranslationBundle
): ISidebarSection {
  const rows = experiments.window();
  const panel = makeSection({
    title: trans.__('Experiments'),
    trans,
    body: <ExperimentList rows={rows} onOpen={name => void commands.execute(CommandIDs.showExperiment, { name })} />,
    summary: <ExperimentSummary rows={rows} />
  });
  sidebar.filterChanged.connect((_, filter) => rows.setQuery(queryOf(filter)), panel);
  sidebar.shown.connect(() => rows.show(0, 0), panel); // the count in the title is visible while the section is collapsed
  panel.disposed.connect(() => rows.dispose());
  return { id: 'experiments', rank: 200, panel };
}

/** Filters that only apply to jobs do not filter experiments. */
function queryOf(filter: string): IListQuery {
  const search = filter.replace('is:archived', '').trim();
  if (/[:=<>]/.test(search)) return {};
  return { ...(search ? { search } : {}), ...(search === filter ? {} : { archived: true }) };
}
