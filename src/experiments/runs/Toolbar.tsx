// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { formatCount } from '../../components';
import { useSignalValue, useTrans } from '../../hooks';
import { ColumnChooser } from './ColumnChooser';
import { titleOf } from './columns';
import type { RunsModel } from './model';

const TYPING_MS = 250;
const MOST_COMPARED = 20;

/** What is shown beside the table. */
export type Layout = 'table' | 'both' | 'charts';

/** Properties of Toolbar. */
export interface IToolbarProps {
  model: RunsModel;
  layout: Layout;
  onLayout: (layout: Layout) => void;
  onCompare: (names: readonly string[]) => void;
  onExport: () => void;
}

/** Filter, columns, groups and actions of the table of runs. */
export function Toolbar({ model, layout, onLayout, onCompare, onExport }: IToolbarProps): JSX.Element {
  const trans = useTrans();
  const selected = useSignalValue(model.selection.changed, () => model.selection.names);
  const { view, runs } = model;
  const layouts: [Layout, string][] = [
    ['table', trans.__('Table')],
    ['both', trans.__('Both')],
    ['charts', trans.__('Charts')]
  ];
  const groups = [...new Set([...(view.group ? [view.group] : []), ...view.columns.filter(each => each !== 'name')])];
  return (
    <div className="jp-MLRuns-toolbar" role="toolbar" aria-label={trans.__('Table of runs')}>
      <RunFilter model={model} />
      <span className="jp-MLRuns-count" role="status">
        {runs && countText(runs.size, runs.total, trans)}
      </span>
      <span className="jp-MLRuns-stretch" />
      {selected.length > 1 && (
        <button
          className="jp-MLRuns-button"
          disabled={selected.length > MOST_COMPARED}
          title={
            selected.length > MOST_COMPARED
              ? trans.__('At most %1 jobs can be compared', MOST_COMPARED)
              : trans.__('Compare the selected jobs side by side')
          }
          onClick={() => onCompare(selected)}
        >
          {trans.__('Compare %1', selected.length)}
        </button>
      )}
      <label className="jp-MLRuns-select">
        {trans.__('Group by')}
        <select value={view.group ?? ''} onChange={event => model.setView({ group: event.target.value || null })}>
          <option value="">{trans.__('nothing')}</option>
          {groups.map(column => (
            <option key={column} value={column}>
              {titleOf(column, trans)}
            </option>
          ))}
        </select>
      </label>
      <ColumnChooser model={model} />
      <button className="jp-MLRuns-button" disabled={!runs?.size} onClick={onExport}>
        {trans.__('Export CSV')}
      </button>
      <span className="jp-MLSwitch" role="group" aria-label={trans.__('What to show')}>
        {layouts.map(([value, label]) => (
          <button
            key={value}
            className="jp-MLSwitch-button"
            aria-pressed={layout === value}
            onClick={() => onLayout(value)}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  );
}

function countText(size: number, total: number, trans: ReturnType<typeof useTrans>): string {
  if (size < total) return trans.__('the newest %1 of %2 runs', formatCount(size), formatCount(total));
  return trans._n('%2 run', '%2 runs', total, formatCount(total));
}

/** The filter, which is applied while the user types. */
function RunFilter({ model }: { model: RunsModel }): JSX.Element {
  const trans = useTrans();
  const [text, setText] = useState(model.filter);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string): void => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => model.setFilter(next.trim()), TYPING_MS);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !text) return;
    event.stopPropagation();
    change('');
  };
  return (
    <input
      className="jp-MLRuns-filter jp-mod-styled"
      type="search"
      value={text}
      placeholder={trans.__('Filter runs')}
      aria-label={trans.__('Filter runs')}
      onChange={event => change(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
