// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, Notice, visible } from '../../components';
import { useTrans, useVersion } from '../../hooks';
import { isFinal, shareOf } from '../state';
import { OutputsTab } from './files/OutputsTab';
import { Header } from './Header';
import { LogsTab } from './log/LogsTab';
import { MetricsTab } from './metrics/MetricsTab';
import type { JobModel, Tab } from './model';
import { NotebookTab } from './notebook/NotebookTab';
import type { IJump } from './notebook/NotebookTab';
import { Overview } from './overview/Overview';
import { PendingRequest } from './PendingRequest';
import { SegmentBar } from './SegmentBar';
import { Tabs } from './Tabs';
import type { ITab } from './Tabs';

/** The panel's content: header, progress bar and tabs. */
export function JobView({ model }: { model: JobModel }): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const [jump, setJump] = useState<IJump | null>(null);
  const { job } = model;
  if (!job) {
    return model.error ? (
      <ErrorNotice error={model.error} onRetry={() => void model.refresh()} />
    ) : (
      <div className="jp-MLJobHeader" aria-busy />
    );
  }
  const error = model.error ?? model.eventLogError;
  const live = !isFinal(job.state) && model.attempt === (job.attempt || null);
  const goTo = (position: number): void => {
    model.setTab('notebook');
    setJump({ position });
  };
  const isNotebook = job.type === 'notebook';
  const tabs: (ITab<Tab> | false)[] = [
    { id: 'overview', label: trans.__('Overview'), body: <Overview model={model} job={job} onJump={goTo} /> },
    isNotebook && {
      id: 'notebook',
      label: trans.__('Notebook'),
      body: <NotebookTab model={model.notebook} live={live} jump={jump} />
    },
    {
      id: 'metrics',
      label: trans.__('Metrics'),
      body: (
        <MetricsTab
          model={model.metrics}
          empty={
            live
              ? trans.__('No metrics yet.')
              : trans.__('No metrics. Metrics that are logged with mlflow.log_metric are shown here.')
          }
        />
      )
    },
    { id: 'logs', label: trans.__('Logs'), body: <LogsTab model={model.log} live={live} name={job.name} /> },
    {
      id: 'outputs',
      label: trans.__('Outputs'),
      body: <OutputsTab model={model.files} job={job} known={model.problem} />
    }
  ];
  const shown = tabs.filter(tab => tab !== false);
  return (
    <>
      <Header model={model} job={job} />
      {isNotebook && (
        <SegmentBar model={model.notebook} estimate={model.estimate} live={live} share={shareOf(job)} onJump={goTo} />
      )}
      {model.deleted ? (
        <Notice>{trans.__('This job was deleted. The data that was loaded is still shown.')}</Notice>
      ) : (
        error && <ErrorNotice error={error} onRetry={() => void model.refresh()} />
      )}
      {!model.deleted && model.problem !== null && <Notice error>{visible(model.problem)}</Notice>}
      {!model.deleted && <PendingRequest job={job} />}
      <Tabs
        tabs={shown}
        current={shown.some(({ id }) => id === model.tab) ? model.tab : 'overview'}
        label={job.display_name}
        onSelect={tab => model.setTab(tab)}
      />
    </>
  );
}
