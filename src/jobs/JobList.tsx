// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { CommandRegistry } from '@lumino/commands';
import type { JSX } from 'react';

import type { Job, JobQuery } from '../api';
import { CommandIDs } from '../commands';
import { ErrorNotice, Notice } from '../components';
import { useSignalValue, useTrans, useVersion } from '../hooks';
import { RowList } from '../resources';
import type { IRowWindow } from '../resources';
import { JobDetail, JobRow } from './JobRow';
import { jobReference } from './reference';
import type { IJobSelection } from './tokens';

/** Properties of JobList. */
export interface IJobListProps {
  rows: IRowWindow<Job, JobQuery>;
  selection: IJobSelection;
  commands: CommandRegistry;
}

/** The jobs of the workspace, newest first. */
export function JobList({ rows, selection, commands }: IJobListProps): JSX.Element {
  const trans = useTrans();
  useVersion(rows.changed);
  const selected = useSignalValue(selection.changed, () => selection.names);
  const filtered = Object.keys(rows.query).length > 0;
  return (
    <>
      {rows.error && <ErrorNotice error={rows.error} onRetry={() => rows.refresh()} />}
      {rows.total === 0 && !rows.error && (
        <Notice
          action={filtered ? undefined : trans.__('Run a notebook as a job')}
          onAction={() => void commands.execute(CommandIDs.createJob)}
        >
          {filtered
            ? trans.__('No jobs match the filter.')
            : trans.__('A job runs a notebook or a command in the background and stores its results.')}
        </Notice>
      )}
      <RowList
        window={rows}
        label={trans.__('Jobs')}
        resource="Job"
        selected={selected}
        onSelect={names => selection.set(names)}
        onOpen={name => void commands.execute(CommandIDs.openJob, { name })}
        onDelete={names => void commands.execute(CommandIDs.deleteJob, { names: [...names] })}
        renderRow={job => <JobRow job={job} />}
        renderDetail={job => <JobDetail job={job} />}
        textOf={job => jobReference([job.name])}
      />
    </>
  );
}
