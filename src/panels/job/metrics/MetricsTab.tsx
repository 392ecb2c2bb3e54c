// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, formatValue, Notice } from '../../../components';
import { useHeight, useTrans, useVersion } from '../../../hooks';
import { Chart } from './Chart';
import { Controls } from './Controls';
import { Legend } from './Legend';
import type { MetricsModel } from './model';
import type { ILine } from './options';
import { courseOf, lastValue, sortKeys } from './series';
import type { ICourseOptions, IRunMetrics } from './series';

/** Whose metrics are shown. */
export interface IMetricsTabProps {
  model: MetricsModel;
  /** What to call the jobs; of one alone nobody asks. */
  labels?: ReadonlyMap<string, string>;
  /** Whether there is more to come. */
  live: boolean;
}

const NO_RUNS: readonly IRunMetrics[] = [];
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/** The metrics of a job, or of several of which the lines lie upon each other, as small charts. */
export function MetricsTab({ model, labels = NO_LABELS, live }: IMetricsTabProps): JSX.Element {
  const trans = useTrans();
  const group = useId();
  const frame = useRef<HTMLDivElement>(null);
  const shown = useHeight(frame) > 0;
  useVersion(model.changed);
  useEffect(() => {
    model.setShown(shown);
    return () => model.setShown(false);
  }, [model, shown]);
  const [options, setOptions] = useState<ICourseOptions>({ axis: 'step', log: false, smoothing: 0 });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const runs = model.runs ?? NO_RUNS;
  const { courses, single } = useMemo(() => sortKeys(runs), [runs]);
  const charts = useMemo(
    () => courses.map(key => ({ key, lines: linesOf(runs, model.names, key, options, hidden, labels) })),
    [runs, model, courses, options, hidden, labels]
  );

  return (
    <div className="jp-MLMetrics" ref={frame}>
      {model.error && <ErrorNotice error={model.error} onRetry={() => void model.load()} />}
      {model.runs && !courses.length && !single.length && (
        <Notice>
          {live
            ? trans.__('Nothing was measured yet.')
            : trans.__('Nothing was measured. What a notebook gives to mlflow.log_metric is shown here.')}
        </Notice>
      )}
      {courses.length > 0 && <Controls options={options} onChange={setOptions} />}
      {model.names.length > 1 && courses.length > 0 && (
        <Legend names={model.names} labels={labels} hidden={hidden} onChange={setHidden} />
      )}
      {model.names.length === 1 && runs.length === 1 && single.length > 0 && (
        <dl className="jp-MLMetrics-single">
          {single.map(key => (
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
  options: ICourseOptions,
  hidden: ReadonlySet<string>,
  labels: ReadonlyMap<string, string>
): ILine[] {
  return runs.flatMap(run => {
    const course = courseOf(run, key, options);
    if (hidden.has(run.name) || !course[0].length) return [];
    // what it was before: only where it does not hide the others
    const raw = options.smoothing && runs.length === 1 ? courseOf(run, key, { ...options, smoothing: 0 }) : null;
    return [{ name: labels.get(run.name) ?? run.name, index: names.indexOf(run.name), course, raw }];
  });
}
