import type { ISignal } from '@lumino/signaling';
import { useEffect, useId, useMemo, useState } from 'react';
import type { JSX } from 'react';

import type { Job } from '../../../api';
import { formatValue, Notice } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { Chart } from './Chart';
import { Controls } from './Controls';
import { Legend } from './Legend';
import { MetricsModel } from './model';
import type { MetricsClient } from './model';
import type { ILine } from './options';
import { courseOf, lastValue, sortKeys } from './series';
import type { ICourseOptions, IRunMetrics } from './series';

/** Whose metrics are shown. */
export interface IMetricsTabProps {
  client: MetricsClient;
  /** One job; or several, of which the lines lie upon each other. */
  jobName?: string;
  jobNames?: readonly string[];
  /** What to call them. */
  labels?: ReadonlyMap<string, string>;
  /** Whether there is more to come. */
  live: boolean;
  /** Emitted with a job of which something has changed. */
  changed?: ISignal<unknown, Job>;
}

const NO_RUNS: readonly IRunMetrics[] = [];
const NO_LABELS: ReadonlyMap<string, string> = new Map();

/** The metrics of a job, or of several, as small charts. */
export function MetricsTab(props: IMetricsTabProps): JSX.Element {
  const trans = useTrans();
  const group = useId();
  const model = useMetrics(props);
  useVersion(model.changed);
  const [options, setOptions] = useState<ICourseOptions>({ axis: 'step', log: false, smoothing: 0 });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const labels = props.labels ?? NO_LABELS;
  const runs = model.runs ?? NO_RUNS;
  const { courses, single } = useMemo(() => sortKeys(runs), [runs]);
  const charts = useMemo(
    () => courses.map(key => ({ key, lines: linesOf(runs, key, options, hidden, labels) })),
    [runs, courses, options, hidden, labels]
  );

  return (
    <div className="jp-MLMetrics">
      {model.error && (
        <Notice error action={trans.__('Try again')} onAction={() => model.refresh()}>
          {model.error.message}
        </Notice>
      )}
      {model.runs && !courses.length && !single.length && (
        <Notice>
          {props.live
            ? trans.__('Nothing was measured yet.')
            : trans.__('Nothing was measured. What a notebook gives to mlflow.log_metric is shown here.')}
        </Notice>
      )}
      {courses.length > 0 && <Controls options={options} onChange={setOptions} />}
      {runs.length > 1 && courses.length > 0 && (
        <Legend names={model.names} labels={labels} hidden={hidden} onChange={setHidden} />
      )}
      {runs.length === 1 && single.length > 0 && (
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

/** The model of what is shown; told when there may be more. */
function useMetrics({ client, jobName, jobNames, live, changed }: IMetricsTabProps): MetricsModel {
  const joined = (jobNames ?? (jobName === undefined ? [] : [jobName])).join('\n');
  const model = useMemo(() => new MetricsModel(client, joined.split('\n')), [client, joined]);
  useEffect(() => () => model.dispose(), [model]);
  useEffect(() => {
    void model.load(); // also when it has ended: the last values come with the end
    if (!live || !changed) return;
    const onChanged = (_: unknown, job: Job): void => {
      if (model.names.includes(job.name)) model.refresh();
    };
    changed.connect(onChanged);
    return () => void changed.disconnect(onChanged);
  }, [model, live, changed]);
  return model;
}

function linesOf(
  runs: readonly IRunMetrics[],
  key: string,
  options: ICourseOptions,
  hidden: ReadonlySet<string>,
  labels: ReadonlyMap<string, string>
): ILine[] {
  return runs.flatMap((run, index) => {
    const course = courseOf(run, key, options);
    if (hidden.has(run.name) || !course[0].length) return [];
    // what it was before: only where it does not hide the others
    const raw = options.smoothing && runs.length === 1 ? courseOf(run, key, { ...options, smoothing: 0 }) : null;
    return [{ name: labels.get(run.name) ?? run.name, index, course, raw }];
  });
}
