// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Job } from '../api';
import { Age, visible } from '../components';
import { useTrans } from '../hooks';
import { StateIcon } from '../jobs/StateIcon';

/** The jobs that run on a compute or wait for it, with links. */
export function ComputeJobs({ jobs, onOpen }: { jobs: readonly Job[]; onOpen: (name: string) => void }): JSX.Element {
  const trans = useTrans();
  return (
    <section className="jp-MLProperties" aria-label={trans.__('Jobs')}>
      <h3 className="jp-MLProperties-title">{trans.__('Jobs')}</h3>
      {jobs.length === 0 && <p className="jp-MLCompute-none">{trans.__('No jobs run or wait.')}</p>}
      <ul className="jp-MLComputeJobs">
        {jobs.map(({ name, display_name, state, created_at }) => (
          <li key={name}>
            <StateIcon state={state} />
            <button className="jp-MLNotice-action" onClick={() => onOpen(name)}>
              {visible(display_name)}
            </button>
            <Age time={created_at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
