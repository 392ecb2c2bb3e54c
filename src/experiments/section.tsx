// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { Experiment } from '../api';
import { Age, formatCount, visible } from '../components';
import { useTrans } from '../hooks';
import type { ICommands } from '../resources';
import { makeResourceSection } from '../sidebar';
import type { ISidebar, ISidebarSection } from '../sidebar';
import { ExperimentCommands } from './commands';
import type { IExperimentManager } from './tokens';

/** Create the section of the experiments; opening one shows its runs. */
export function makeExperimentsSection(
  sidebar: ISidebar,
  experiments: IExperimentManager,
  commands: ICommands,
  trans: TranslationBundle
): ISidebarSection {
  return makeResourceSection(sidebar, {
    id: 'experiments',
    rank: 200,
    trans,
    kind: 'experiment',
    title: trans.__('Experiments'),
    rows: experiments.window(),
    noMatch: trans.__('No experiments match the filter.'),
    empty: { text: trans.__('An experiment groups related jobs. Submit a job and name its experiment.') },
    onOpen: name => commands.execute(ExperimentCommands.open, { name }),
    renderRow: experiment => <ExperimentRow experiment={experiment} />
  });
}

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
