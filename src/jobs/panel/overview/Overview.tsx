// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import { useRef } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Job } from '../../../api';
import {
  CopyText,
  EditableText,
  formatBytes,
  formatDuration,
  formatMoment,
  formatParameter,
  formatValue,
  Tags,
  visible
} from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { JobCommands } from '../../commands';
import { unsavedOf } from '../../editing';
import { elapsed, isFinal, stateText } from '../../state';
import { StateIcon } from '../../StateIcon';
import { Mime } from '../Mime';
import type { JobModel } from '../model';
import { useTools } from '../context';
import { useRefresh } from '../useRefresh';
import { Cause } from './Cause';
import { PropertyList } from './PropertyList';
import { Sparkline } from './Sparkline';
import { loggedParameters, SystemTags, tagsOf, Tracked } from './Tracked';
import { Warnings } from './Warnings';

/** The main properties of a job. */
export function Overview(props: { model: JobModel; job: Job; onJump: (position: number) => void }): JSX.Element {
  const { model, job, onJump } = props;
  const trans = useTrans();
  useVersion(model.notebook.changed);
  const editCell = useEditCell(model, job);
  useVersion(model.tracked.changed);
  const node = useRef<HTMLDivElement>(null);
  useRefresh(node, job.run_id && !isFinal(job.state) ? () => void model.tracked.refresh() : null);
  const { details } = model.tracked;
  const uiUrl = details?.ui_path && URLExt.join(model.jobs.api.settings.baseUrl, details.ui_path);
  const [tags, systemTags] = tagsOf(job, details);
  const { commands } = useTools();
  const canRerun = commands.hasCommand(JobCommands.rerun) && commands.isEnabled(JobCommands.rerun, { name: job.name });
  const rerun = canRerun ? () => void commands.execute(JobCommands.rerun, { name: job.name }) : undefined;
  const failedAt = model.notebook.position(job.cause?.cell ?? NaN);
  const time = (at: string | null): ReactNode => at && <time dateTime={at}>{formatMoment(at)}</time>;
  const seconds = isFinal(job.state) ? elapsed(job, 0) : null;
  return (
    <div ref={node} className="jp-MLOverview" tabIndex={0}>
      {job.cause && (
        <Cause
          cause={job.cause}
          language={model.notebook.language}
          onShowCell={failedAt < 0 ? undefined : () => onJump(failedAt)}
          onEditCell={editCell}
          onRerun={rerun}
        />
      )}
      <Warnings warnings={job.warnings} positionOf={cell => model.notebook.position(cell)} onJump={onJump} />
      <Note model={model} job={job} />
      <div className="jp-MLOverview-columns">
        <PropertyList
          title={trans.__('Metrics')}
          properties={sorted(job.metrics, value => (
            <Value value={value} />
          ))}
        />
        <PropertyList
          title={trans.__('Parameters')}
          properties={sorted(job.parameters, value => (
            <span className={typeof value === 'number' ? 'jp-MLProperties-number' : undefined}>
              {visible(formatParameter(value), true)}
            </span>
          ))}
        />
        <PropertyList
          title={trans.__('Logged parameters')}
          properties={sorted(loggedParameters(job, details), value => visible(value, true))}
        />
        <Tracked tracked={model.tracked} />
        <Resources model={model} />
        <PropertyList
          title={trans.__('Times')}
          properties={[
            [trans.__('Created'), time(job.created_at)],
            [trans.__('Started'), time(job.started_at)],
            [trans.__('Ended'), time(job.ended_at)],
            [trans.__('Duration'), seconds === null ? null : formatDuration(seconds)]
          ]}
        />
        <Attempts model={model} job={job} />
        <Tags tags={tags} onChange={async tags => void (await model.update({ tags }))} />
        <PropertyList
          title={trans.__('Source')}
          properties={[
            [trans.__('Name'), <code>{job.name}</code>],
            [trans.__('Child of'), job.parent && <Parent name={job.parent} />],
            [trans.__('Experiment'), visible(job.experiment_name)],
            [trans.__('User'), job.user],
            [trans.__('Code'), job.snapshot && <code title={job.snapshot}>{job.snapshot.slice(0, 12)}</code>],
            [trans.__('Command'), job.spec?.type === 'command' && <code>{visible(job.spec.command, true)}</code>],
            [trans.__('Processes'), processes(job)],
            [trans.__('Nodes'), (job.spec?.resources?.instance_count ?? 1) > 1 && job.spec?.resources?.instance_count],
            [trans.__('MLflow run'), job.run_id && <MlflowRun id={job.run_id} url={uiUrl} />]
          ]}
        />
        <SystemTags tags={sorted(systemTags, value => visible(value, true))} />
      </div>
    </div>
  );
}

/** How many processes run the command, and how they find each other; null for one. */
function processes({ spec }: Job): string | null {
  const distribution = spec?.type === 'command' && spec.distribution;
  if (!distribution) return null;
  const { type, worker_count: workers, parameter_server_count: servers } = distribution;
  const nodes = spec.resources?.instance_count ?? 1;
  const count =
    type === 'tensorflow'
      ? (workers ?? nodes) + (servers ?? 0)
      : nodes * (distribution.process_count_per_instance ?? 1);
  return `${count} (${type})`;
}

/** Return a function that opens the cell that failed in the source notebook; undefined if there is none. */
function useEditCell({ notebook }: JobModel, { name, spec, cause }: Job): (() => void) | undefined {
  const { openSource } = useTools();
  const cell = notebook.cells?.find(({ index }) => index === cause?.cell);
  if (!openSource || !cell || spec?.type !== 'notebook') return undefined;
  return () => openSource(spec.notebook, name, cell);
}

/** The description, as markdown. */
function Note({ model, job }: { model: JobModel; job: Job }): JSX.Element {
  const trans = useTrans();
  useVersion(model.jobs.unsaved.changed);
  return (
    <div className="jp-MLOverview-description">
      <EditableText
        value={job.description ?? ''}
        revision={job.revision}
        label={trans.__('Note')}
        placeholder={trans.__('Add a note')}
        multiline
        optional
        {...unsavedOf(model.jobs, job, 'description')}
        onSave={(text, revision) => model.update({ description: text || null }, revision)}
      >
        <Mime type="text/markdown" data={job.description ?? ''} />
      </EditableText>
    </div>
  );
}

/** The ID of a run, which is copied on click, and a link to MLflow's own UI where that is installed. */
function MlflowRun({ id, url }: { id: string; url: string | null | undefined }): JSX.Element {
  const trans = useTrans();
  return (
    <>
      <CopyText text={id} />{' '}
      {url && (
        <a className="jp-MLNotice-action" href={url} target="_blank" rel="noopener noreferrer">
          {trans.__('Open in MLflow')}
        </a>
      )}
    </>
  );
}

function Parent({ name }: { name: string }): JSX.Element {
  const { commands } = useTools();
  return (
    <button className="jp-MLNotice-action" onClick={() => void commands.execute(JobCommands.open, { name })}>
      {name}
    </button>
  );
}

function Resources({ model }: { model: JobModel }): JSX.Element | null {
  const trans = useTrans();
  const { usage } = model;
  const last = usage.at(-1);
  if (!last || usage.length < 2) return null;
  const most = Math.max(...usage.map(([, , memory]) => memory));
  const cpu = trans.__('%1%', formatValue(Math.round(Math.max(...usage.map(([, each]) => each)))));
  return (
    <section className="jp-MLProperties">
      <h3 className="jp-MLProperties-title">{trans.__('Resources')}</h3>
      <Sparkline
        label={trans.__('CPU')}
        points={usage.map(([at, each]) => [at, each])}
        value={trans.__('max %1', cpu)}
      />
      <Sparkline
        label={trans.__('Memory')}
        points={usage.map(([at, , memory]) => [at, memory])}
        value={trans.__('max %1', formatBytes(most))}
      />
    </section>
  );
}

function Attempts({ model, job }: { model: JobModel; job: Job }): JSX.Element | null {
  const trans = useTrans();
  if (job.attempt < 2) return null;
  return (
    <section className="jp-MLProperties">
      <h3 className="jp-MLProperties-title">{trans.__('Attempts')}</h3>
      {model.attempts.map(({ number, state, cause }) => (
        <button
          key={number}
          className="jp-MLAttempt"
          aria-pressed={number === model.attempt}
          title={trans.__('Show notebook and logs of this attempt')}
          onClick={() => model.setAttempt(number)}
        >
          <StateIcon state={state} />
          {trans.__('Attempt %1', number)}
          <span className="jp-MLAttempt-cause">{visible(cause?.message ?? stateText(state, trans))}</span>
        </button>
      ))}
    </section>
  );
}

/** A rounded value, with the exact one as its tooltip. */
function Value({ value }: { value: Job['metrics'][string] }): JSX.Element {
  return (
    <span className="jp-MLProperties-number" title={String(value)}>
      {formatValue(value, 6)}
    </span>
  );
}

function sorted<T>(values: Record<string, T>, show: (value: T) => ReactNode): [string, ReactNode][] {
  return Object.entries(values)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([key, value]) => [visible(key), show(value)]);
}
