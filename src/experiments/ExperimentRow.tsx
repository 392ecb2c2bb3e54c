// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Experiment } from '../api';
import { Age, formatCount, visible } from '../components';
import { useTrans } from '../hooks';

/** The name of an experiment, the number of its jobs, and when the last one was created. */
export function ExperimentRow({ experiment }: { experiment: Experiment }): JSX.Element {
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
