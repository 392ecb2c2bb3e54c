import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { Job } from '../../api';
import {
  Age,
  formatEstimate,
  formatMoment,
  formatValue,
  primaryMetric,
  shapeOf,
  StateIcon,
  stateText,
  timeLeft
} from '../../components';
import { useExpected, useNow, useTrans } from '../../hooks';
import type { IJobManager } from '../../managers';

/** State, name, the one fact that matters now, age. */
export function JobRow({ job }: { job: Job }): JSX.Element {
  const { words, value } = factOf(job, useTrans());
  return (
    <>
      <StateIcon state={job.state} />
      <span className="jp-MLRow-name" title={job.display_name}>
        {job.display_name}
      </span>
      <span className={`jp-MLRow-fact jp-mod-${shapeOf(job.state)}`} title={job.cause?.message ?? `${words} ${value}`}>
        <span className="jp-MLRow-words">{words}</span>
        {value && <span className="jp-MLRow-value">{value}</span>}
      </span>
      <Age time={job.ended_at ?? job.started_at ?? job.created_at} />
    </>
  );
}

/** How long it will take, where it comes from and what was put in; for the selected row: one estimate at a time. */
export function JobDetail({ job, jobs }: { job: Job; jobs: Pick<IJobManager, 'expected'> }): JSX.Element {
  const trans = useTrans();
  const running = job.state === 'Running' && job.type === 'notebook';
  const expected = useExpected(jobs, job.name, running);
  const now = useNow(running ? 1_000 : null);
  const left = expected && timeLeft(job, expected, now);
  const words = [
    left !== null && trans.__('about %1 left', formatEstimate(left)),
    sourceOf(job),
    job.experiment_name,
    ...Object.entries(job.parameters).map(([key, value]) => `${key} ${show(value)}`)
  ];
  const text = words.filter(Boolean).join(' · ');
  return (
    <span className="jp-MLRow-words" title={`${text}\n${formatMoment(job.created_at)}`}>
      {text}
    </span>
  );
}

/** What matters of a job now: a few words, which may be cut off, and a value, which may not. */
export function factOf(job: Job, trans: TranslationBundle): { words: string; value: string } {
  const { cells_done, cells_total } = job.progress;
  if (job.state === 'Running' && cells_total) {
    return { words: trans.__('cell'), value: `${Math.min(cells_total, cells_done + 1)}/${cells_total}` };
  }
  if (job.state === 'Completed') {
    const metric = primaryMetric(job);
    if (metric) return { words: metric[0], value: formatValue(metric[1], 3) };
  }
  const cause = job.state === 'Failed' ? (job.cause?.exception ?? job.cause?.message) : undefined;
  return { words: cause ?? stateText(job.state, trans).toLowerCase(), value: '' };
}

function sourceOf(job: Job): string {
  const spec = job.spec;
  if (!spec) return 'MLflow';
  return spec.type === 'notebook' ? (spec.notebook.split('/').at(-1) ?? spec.notebook) : spec.command;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? formatValue(value) : JSON.stringify(value);
}
