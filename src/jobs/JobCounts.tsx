// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { Job } from '../api';
import { formatCount, formatEstimate, formatShare, visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { IWorkspaceManager } from '../workspace';
import { labelOf } from './naming';
import { placeOf } from './place';
import { placeText } from './placeText';
import { countStates, isActive, progressOf, shareOf, STATES, timeLeft } from './state';
import { StateIcon } from './StateIcon';
import type { IJobManager } from './tokens';

/** Properties of JobCounts. */
export interface IJobCountsProps {
  workspace: IWorkspaceManager;
  jobs: IJobManager;
  onClick: () => void;
}

/** The number of running and queued jobs, and how far the job is that runs alone; for the status bar. */
export function JobCounts({ workspace, jobs, onClick }: IJobCountsProps): JSX.Element {
  const trans = useTrans();
  useVersion(workspace.changed);
  const { running, queued } = countStates(workspace.workspace?.jobs ?? {});
  const job = useSingle(jobs, running === 1);
  const progress = job && progressOf(job);
  const counts = trans.__('%1 running, %2 queued', formatCount(running), formatCount(queued));
  const text = job ? `${counts} · ${describe(job)}` : counts;
  const known = workspace.error === null;
  return (
    <button
      className={`jp-MLJobCounts${known ? '' : ' jp-mod-stale'}`}
      title={known ? trans.__('Jobs: %1', text) : trans.__('Jobs at the last update: %1', text)}
      aria-label={trans.__('Jobs: %1', text)}
      onClick={onClick}
    >
      {running > 0 && (
        <>
          <StateIcon state="Running" />
          {formatCount(running)}
        </>
      )}
      {progress !== null && <span className="jp-MLJobCounts-progress">{formatShare(progress)}</span>}
      {queued > 0 && (
        <>
          <StateIcon state="Queued" />
          {formatCount(queued)}
        </>
      )}
    </button>
  );

  function describe(job: Job): string {
    const { bar } = job.progress;
    const place = placeOf(job.progress);
    const share = shareOf(job);
    const left = timeLeft(job, Date.now());
    return [
      visible(labelOf(job)),
      place.total > 0 && placeText(place, trans),
      share !== null && [visible(bar?.label ?? ''), formatShare(share)].filter(Boolean).join(' '),
      left !== null && trans.__('about %1 left', formatEstimate(left))
    ]
      .filter(Boolean)
      .join(' · ');
  }
}

/** Return the job that runs, if there is only one. */
function useSingle(jobs: IJobManager, wanted: boolean): Job | null {
  const [job, setJob] = useState<Job | null>(null);
  useEffect(() => {
    if (!wanted) return undefined;
    const opened = jobs.window({ states: STATES.filter(isActive) });
    void opened.then(rows => {
      rows.changed.connect(() => setJob(rows.row(0) ?? null));
      rows.show(0, 0);
    });
    return () => {
      setJob(null);
      void opened.then(rows => rows.dispose());
    };
  }, [jobs, wanted]);
  return wanted ? job : null;
}
