// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { DisposableSet } from '@lumino/disposable';
import { useEffect, useMemo } from 'react';
import type { JSX } from 'react';

import { Notice } from '../../../components';
import { useSignalValue, useTrans } from '../../../hooks';
import { MetricsModel } from '../../../jobs/panel/metrics/model';
import { MetricsTab } from '../../../jobs/panel/metrics/MetricsTab';
import type { IJobManager } from '../../../jobs/tokens';
import { keyOf, labelOf } from '../columns';
import type { IChartProps } from './chart';

const MOST = 10;

/** A metric by step, of those of the selected runs, or else of the first ones in the table, that have it. */
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
    .filter(run => chart.columns.some(column => runs.value(column, run) !== null))
    .slice(0, MOST)
    .map(run => runs.name(run))
    .join('\n');
  const model = useMemo(() => new MetricsModel(jobs, names ? names.split('\n') : []), [jobs, names]);
  useEffect(() => {
    const resources = DisposableSet.from([model, ...model.names.map(name => jobs.watch(name))]);
    return () => resources.dispose();
  }, [jobs, model]);
  const titles = new Map(
    model.names.map(name => [name, labelOf(runs, runs.indexOf(name) ?? 0, labels, trans)] as const)
  );
  const empty = trans.__('These runs have no values by step.');
  if (!names) return <Notice>{empty}</Notice>;
  return <MetricsTab model={model} labels={titles} only={chart.columns.map(keyOf)} empty={empty} />;
}
