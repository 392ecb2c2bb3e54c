// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { DisposableSet } from '@lumino/disposable';
import { useEffect, useMemo } from 'react';
import type { JSX } from 'react';

import { useSignalValue, useTrans } from '../../../hooks';
import { MetricsModel } from '../../../jobs/panel/metrics/model';
import { MetricsTab } from '../../../jobs/panel/metrics/MetricsTab';
import { isFinal } from '../../../jobs/state';
import type { IJobManager } from '../../../jobs/tokens';
import type { JobState } from '../../../api';
import { keyOf, labelOf } from '../columns';
import type { IChartProps } from './chart';

const MOST = 10;

/** Metrics by step, of the selected runs or else of the first ones in the table. */
export function Lines({
  jobs,
  runs,
  order,
  chart,
  labels,
  selection
}: IChartProps & { jobs: IJobManager }): JSX.Element {
  const trans = useTrans();
  const selected = useSignalValue(selection.changed, () => selection.names);
  const marked = selected.flatMap(name => runs.indexOf(name) ?? []); // the filter may have removed some
  const chosen = marked.length ? marked : order;
  const names = chosen
    .slice(0, MOST)
    .map(run => runs.name(run))
    .join('\n');
  const model = useMemo(() => new MetricsModel(jobs, names.split('\n')), [jobs, names]);
  useEffect(() => {
    const resources = DisposableSet.from([model, ...model.names.map(name => jobs.watch(name))]);
    return () => resources.dispose();
  }, [jobs, model]);
  const titles = new Map(
    model.names.map(name => [name, labelOf(runs, runs.indexOf(name) ?? 0, labels, trans)] as const)
  );
  const live = model.names.some(name => !isFinal(runs.value('state', runs.indexOf(name) ?? 0) as JobState));
  return <MetricsTab model={model} labels={titles} live={live} only={chart.columns.map(keyOf)} />;
}
