// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../../../hooks';
import type { Axis, ISeriesOptions } from './series';

/** Controls of the charts' axes and smoothing. */
export function Controls(props: { options: ISeriesOptions; onChange: (options: ISeriesOptions) => void }): JSX.Element {
  const trans = useTrans();
  const { options, onChange } = props;
  const axes: [Axis, string][] = [
    ['step', trans.__('Step')],
    ['time', trans.__('Time')]
  ];
  return (
    <div className="jp-MLMetrics-controls" role="group" aria-label={trans.__('Chart options')}>
      <span className="jp-MLSwitch" role="group" aria-label={trans.__('Horizontal axis')}>
        {axes.map(([axis, label]) => (
          <button
            key={axis}
            className="jp-MLSwitch-button"
            aria-pressed={options.axis === axis}
            onClick={() => onChange({ ...options, axis })}
          >
            {label}
          </button>
        ))}
      </span>
      <label className="jp-MLMetrics-control">
        <input
          type="checkbox"
          checked={options.log}
          onChange={event => onChange({ ...options, log: event.target.checked })}
        />
        {trans.__('Logarithmic')}
      </label>
      <label className="jp-MLMetrics-control">
        {trans.__('Smoothing')}
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={options.smoothing}
          onChange={event => onChange({ ...options, smoothing: Number(event.target.value) })}
        />
        <output className="jp-MLMetrics-smoothing">{options.smoothing.toFixed(2)}</output>
      </label>
    </div>
  );
}
