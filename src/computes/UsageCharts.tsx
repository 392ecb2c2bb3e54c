// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useId, useMemo } from 'react';
import type { JSX } from 'react';

import { useTrans } from '../hooks';
import { Chart } from '../jobs/panel/metrics';
import type { ILine } from '../jobs/panel/metrics';
import type { ComputeModel } from './model';
import { PERIODS, usageCharts } from './usage';
import type { IUsageChart, Period } from './usage';

/** How busy a compute was, as charts with a common time. */
export function UsageCharts({ model }: { model: ComputeModel }): JSX.Element {
  const trans = useTrans();
  const group = useId();
  const { samples, period } = model;
  const charts = useMemo(
    () => usageCharts(samples ?? [], PERIODS[period], trans).map(chart => ({ ...chart, lines: linesOf(chart) })),
    [samples, period, trans]
  );
  const labels: Record<Period, string> = {
    hour: trans.__('Hour'),
    day: trans.__('Day'),
    month: trans.__('30 days')
  };
  return (
    <section className="jp-MLUsage" aria-label={trans.__('Usage over time')}>
      <div className="jp-MLCompute-title">
        <h3 className="jp-MLProperties-title">{trans.__('Usage over time')}</h3>
        <span className="jp-MLSwitch" role="group" aria-label={trans.__('Period')}>
          {(Object.keys(PERIODS) as Period[]).map(each => (
            <button
              key={each}
              className="jp-MLSwitch-button"
              aria-pressed={each === period}
              onClick={() => void model.setPeriod(each)}
            >
              {labels[each]}
            </button>
          ))}
        </span>
      </div>
      {samples?.length === 0 && <p className="jp-MLCompute-none">{trans.__('Nothing was measured in this time.')}</p>}
      {!!samples?.length && (
        <div className="jp-MLMetrics-grid">
          {charts.map(({ title, lines, scale }) => (
            <Chart key={title} title={title} lines={lines} axis="clock" scale={scale} log={false} group={group} />
          ))}
        </div>
      )}
    </section>
  );
}

function linesOf({ series }: IUsageChart): ILine[] {
  return [{ name: '', index: 0, series, raw: null }];
}
