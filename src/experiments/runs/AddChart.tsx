// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { FormEvent, JSX } from 'react';

import type { RunChart } from '../../api';
import { useTrans } from '../../hooks';
import { isMetric, titleOf } from './columns';
import type { RunsModel } from './model';

type Type = RunChart['type'];

const MOST_AXES = 20;

/** Choose the type and the columns of a chart. */
export function AddChart(props: {
  model: RunsModel;
  onAdd: (chart: RunChart) => void;
  onCancel: () => void;
}): JSX.Element {
  const { model, onAdd, onCancel } = props;
  const trans = useTrans();
  const all = model.known.items.map(({ column }) => column);
  const metrics = all.filter(isMetric);
  const parameters = all.filter(column => column.startsWith('parameters.'));
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    first.current?.focus();
    first.current?.form?.scrollIntoView({ block: 'nearest' });
  }, []);
  const [type, setType] = useState<Type>('scatter');
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});

  const values = [...metrics, 'duration_s'];
  const fields: Record<Type, [name: string, label: string, options: string[]][]> = {
    lines: [['value', trans.__('Metric'), model.known.items.flatMap(item => (item.series ? item.column : []))]],
    bars: [['value', trans.__('Value'), values]],
    scatter: [
      ['x', trans.__('Horizontal'), [...parameters, ...values, 'created_at']],
      ['value', trans.__('Vertical'), [...values, ...parameters]]
    ],
    box: [
      [
        'group',
        trans.__('Group'),
        [...parameters, ...all.filter(column => column.startsWith('tags.')), 'state', 'user']
      ],
      ['value', trans.__('Value'), values]
    ],
    parallel: []
  };
  const types: [Type, string][] = [
    ['lines', trans.__('Lines: a metric by step')],
    ['bars', trans.__('Bars: a value of each run')],
    ['scatter', trans.__('Scatter: two values of each run')],
    ['box', trans.__('Box plots: a value by group')],
    ['parallel', trans.__('Parallel coordinates: values of most runs')]
  ];
  // a line ends at an axis on which its run has no value
  const frequent = model.known.items.filter(({ runs }) => 2 * runs > model.known.runs);
  const axes = frequent.flatMap(({ column, differs }) =>
    isMetric(column) || (differs && parameters.includes(column)) ? column : []
  );
  const columns =
    type === 'parallel'
      ? axes.slice(0, MOST_AXES)
      : fields[type].map(([name, , options]) => chosen[name] ?? options[0] ?? '');
  const isPossible = columns.length > (type === 'parallel' ? 1 : 0) && columns.every(Boolean);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (isPossible) onAdd({ type, columns, log: false });
  };
  return (
    <form
      className="jp-MLCharts-form"
      aria-label={trans.__('Add a chart')}
      onSubmit={onSubmit}
      onKeyDown={({ key }) => key === 'Escape' && onCancel()}
    >
      <label>
        {trans.__('Type')}
        <select ref={first} value={type} onChange={event => setType(event.target.value as Type)}>
          {types.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {fields[type].map(([name, label, options]) => (
        <label key={name}>
          {label}
          <select
            value={chosen[name] ?? options[0]}
            onChange={event => setChosen({ ...chosen, [name]: event.target.value })}
          >
            {options.map(column => (
              <option key={column} value={column}>
                {titleOf(column, trans)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {!isPossible && <p role="alert">{trans.__('The runs have no values for this chart.')}</p>}
      <div className="jp-MLCharts-buttons">
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={!isPossible}>
          {trans.__('Add')}
        </button>
        <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onCancel}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
