// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Experiment } from '../api';
import { Age, ErrorNotice, formatCount, Notice, visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import { RowList } from '../resources';
import type { IRowWindow } from '../resources';

/** The experiments of the workspace; opening one shows its jobs. */
export function ExperimentList(props: { rows: IRowWindow<Experiment>; onOpen: (name: string) => void }): JSX.Element {
  const { rows, onOpen } = props;
  const trans = useTrans();
  const [selected, setSelected] = useState<readonly string[]>([]);
  useVersion(rows.changed);
  return (
    <>
      {rows.error && <ErrorNotice error={rows.error} onRetry={() => rows.refresh()} />}
      {rows.total === 0 && !rows.error && (
        <Notice>
          {rows.query.search || rows.query.archived
            ? trans.__('No experiments match the filter.')
            : trans.__('An experiment groups related jobs. Submit a job and name its experiment.')}
        </Notice>
      )}
      <RowList
        window={rows}
        label={trans.__('Experiments')}
        resource="Experiment"
        selected={selected}
        onSelect={setSelected}
        onOpen={onOpen}
        renderRow={experiment => (
          <>
            <span className="jp-MLRow-name" title={visible(experiment.description ?? experiment.name, true)}>
              {visible(experiment.name)}
            </span>
            <span className="jp-MLRow-status">
              {trans._n('%2 job', '%2 jobs', experiment.jobs, formatCount(experiment.jobs))}
            </span>
            <Age time={experiment.last_job_at ?? experiment.created_at} />
          </>
        )}
      />
    </>
  );
}
