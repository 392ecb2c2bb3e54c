// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentType, JSX } from 'react';

import type { RunChart } from '../../api';
import { Notice } from '../../components';
import { useTrans } from '../../hooks';
import { AddChart } from './AddChart';
import { Bars } from './charts/Bars';
import { Boxes } from './charts/Boxes';
import type { IChartProps } from './charts/chart';
import { Lines } from './charts/Lines';
import { Parallel } from './charts/Parallel';
import { Scatter } from './charts/Scatter';
import { titleOf } from './columns';
import type { RunsModel } from './model';
import type { Runs } from './runs';

const CHARTS: Readonly<Record<Exclude<RunChart['type'], 'lines'>, ComponentType<IChartProps>>> = {
  bars: Bars,
  scatter: Scatter,
  parallel: Parallel,
  box: Boxes
};
/** Charts of the first runs of the table; the others show all runs, and are not drawn again when it is sorted. */
const ORDERED: readonly RunChart['type'][] = ['lines', 'bars'];
const WITH_LOG: readonly RunChart['type'][] = ['scatter', 'parallel'];

/** The charts of an experiment, which are saved with it. */
export function ChartsPane(props: { model: RunsModel; runs: Runs; order: readonly number[] }): JSX.Element {
  const { model, runs, order } = props;
  const trans = useTrans();
  const pane = useRef<HTMLDivElement>(null);
  const wasAdding = useRef(false);
  const [isAdding, setAdding] = useState(false);
  const focusAdd = (): void =>
    pane.current?.querySelector<HTMLElement>('.jp-MLCharts-add, .jp-MLNotice-action')?.focus();
  useEffect(() => {
    if (wasAdding.current && !isAdding) focusAdd();
    wasAdding.current = isAdding;
  }, [isAdding]);
  const { charts } = model.view;
  const labels = useMemo(
    () => model.known.items.flatMap(({ column, differs }) => (differs ? column : [])).slice(0, 8),
    [model.known]
  );
  const all = useMemo(() => Array.from({ length: runs.size }, (_, index) => index), [runs]);
  const set = (next: readonly RunChart[]): void => model.setView({ charts: [...next] });
  return (
    <div className="jp-MLCharts" ref={pane}>
      {charts.length === 0 && !isAdding && (
        <Notice action={trans.__('Add a chart')} onAction={() => setAdding(true)}>
          {trans.__('Charts compare the runs in the table.')}
        </Notice>
      )}
      {charts.map((chart, index) => {
        const Chart = chart.type === 'lines' ? null : CHARTS[chart.type];
        const title = chart.columns.map(column => titleOf(column, trans)).join(chart.type === 'box' ? ' · ' : ', ');
        const change = (changed: RunChart): void => set(charts.map((each, at) => (at === index ? changed : each)));
        const shown = ORDERED.includes(chart.type) ? order : all;
        const common = { runs, order: shown, chart, labels, selection: model.selection };
        return (
          <div key={`${chart.type} ${title} ${index}`} className="jp-MLCharts-chart" role="group" aria-label={title}>
            <div className="jp-MLCharts-head">
              <h3>{title}</h3>
              {WITH_LOG.includes(chart.type) && (
                <label>
                  <input
                    type="checkbox"
                    checked={chart.log}
                    onChange={event => change({ ...chart, log: event.target.checked })}
                  />
                  {trans.__('Logarithmic')}
                </label>
              )}
              <button
                className="jp-MLCharts-close"
                title={trans.__('Remove this chart')}
                aria-label={trans.__('Remove the chart of %1', title)}
                onClick={() => {
                  set(charts.filter(each => each !== chart));
                  focusAdd();
                }}
              >
                <closeIcon.react tag="span" elementSize="small" />
              </button>
            </div>
            {Chart ? <Chart {...common} /> : <Lines {...common} jobs={model.jobs} />}
          </div>
        );
      })}
      {isAdding ? (
        <AddChart
          model={model}
          onAdd={chart => {
            set([...charts, chart]);
            setAdding(false);
          }}
          onCancel={() => setAdding(false)}
        />
      ) : (
        charts.length > 0 && (
          <button className="jp-MLCharts-add" onClick={() => setAdding(true)}>
            {trans.__('Add a chart')}
          </button>
        )
      )}
    </div>
  );
}
