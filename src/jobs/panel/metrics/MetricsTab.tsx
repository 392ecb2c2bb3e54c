// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, formatValue, Notice } from '../../../components';
import { useHeight, useVersion } from '../../../hooks';
import { Chart } from './Chart';
import { Controls } from './Controls';
import { Legend } from './Legend';
import type { MetricsModel } from './model';
import type { ILine } from './options';
import { lastValue, seriesOf, sortKeys } from './series';
import type { IRunMetrics, ISeriesOptions } from './series';

/** Properties of MetricsTab. */
export interface IMetricsTabProps {
  model: MetricsModel;
  /** Names of the jobs, for the legend of several. */
  labels?: ReadonlyMap<string, string>;
  /** The metrics to show, those with values by step; all by default. */
  only?: readonly string[];
  /** What is shown if there are none. */
  empty?: string;
}

const NO_RUNS: readonly IRunMetrics[] = [];
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/** The metrics of one or several jobs as small charts. */
export function MetricsTab({ model, labels = NO_LABELS, only, empty }: IMetricsTabProps): JSX.Element {
  const group = useId();
  const frame = useRef<HTMLDivElement>(null);
  const shown = useHeight(frame) > 0;
  useVersion(model.changed);
  useEffect(() => {
    model.setShown(shown);
    return () => model.setShown(false);
  }, [model, shown]);
  const [options, setOptions] = useState<ISeriesOptions>({ axis: 'step', log: false, smoothing: 0 });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const runs = model.runs ?? NO_RUNS;
  const chosen = only?.join('\n');
  const { series, scalars } = useMemo(() => {
    const all = sortKeys(runs);
    if (chosen === undefined) return all;
    return { series: all.series.filter(key => chosen.split('\n').includes(key)), scalars: [] };
  }, [runs, chosen]);
  const drawn = useMemo(
    () => new Set(runs.flatMap(run => (run.series.some(({ key }) => series.includes(key)) ? run.name : []))),
    [runs, series]
  );
  const charts = useMemo(
    () => series.map(key => ({ key, lines: linesOf(runs, model.names, key, options, hidden, labels) })),
    [runs, model, series, options, hidden, labels]
  );

  return (
    <div className="jp-MLMetrics" ref={frame}>
      {model.error && <ErrorNotice error={model.error} onRetry={() => void model.load()} />}
      {model.runs && empty && !series.length && !scalars.length && <Notice>{empty}</Notice>}
      {series.length > 0 && <Controls options={options} onChange={setOptions} />}
      {model.names.length > 1 && series.length > 0 && (
        <Legend names={model.names} drawn={drawn} labels={labels} hidden={hidden} onChange={setHidden} />
      )}
      {model.names.length === 1 && runs.length === 1 && scalars.length > 0 && (
        <dl className="jp-MLMetrics-single">
          {scalars.map(key => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{formatValue(lastValue(runs[0], key) ?? 'NaN')}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="jp-MLMetrics-grid">
        {charts.map(({ key, lines }) => (
          <Chart key={key} title={key} lines={lines} axis={options.axis} log={options.log} group={group} />
        ))}
      </div>
    </div>
  );
}

function linesOf(
  runs: readonly IRunMetrics[],
  names: readonly string[],
  key: string,
  options: ISeriesOptions,
  hidden: ReadonlySet<string>,
  labels: ReadonlyMap<string, string>
): ILine[] {
  return runs.flatMap(run => {
    const series = seriesOf(run, key, options);
    if (hidden.has(run.name) || !series[0].length) return [];
    // the unsmoothed series, where it does not hide others
    const raw = options.smoothing && runs.length === 1 ? seriesOf(run, key, { ...options, smoothing: 0 }) : null;
    return [{ name: labels.get(run.name) ?? run.name, index: names.indexOf(run.name), series, raw }];
  });
}
