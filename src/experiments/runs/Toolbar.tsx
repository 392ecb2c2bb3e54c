// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { formatCount, formatValue, LinkButton } from '../../components';
import { useSignalValue, useTrans } from '../../hooks';
import type { ISavedFilters } from '../../sidebar';
import { Filter } from '../../sidebar/Filter';
import type { IWorkspaceManager } from '../../workspace';
import { ColumnChooser } from './ColumnChooser';
import { titleOf } from './columns';
import type { RunsModel, View } from './model';

const MOST_COMPARED = 20;

/** Properties of Toolbar. */
export interface IToolbarProps {
  model: RunsModel;
  /** Checks and completes the filter. */
  workspace: IWorkspaceManager;
  saved: ISavedFilters;
  onCompare: (names: readonly string[]) => void;
  onCopyLink: () => void;
  onExport: () => void;
}

/** Filter, columns, groups and actions of the table of runs. */
export function Toolbar(props: IToolbarProps): JSX.Element {
  const { model, workspace, saved, onCompare, onCopyLink, onExport } = props;
  const trans = useTrans();
  const selected = useSignalValue(model.selection.changed, () => model.selection.names);
  const { known, view, runs } = model;
  const layouts: [View['layout'], string][] = [
    ['table', trans.__('Table')],
    ['both', trans.__('Both')],
    ['charts', trans.__('Charts')]
  ];
  const groups = [...new Set([...(view.group ? [view.group] : []), ...view.columns.filter(each => each !== 'name')])];
  return (
    <div className="jp-MLRuns-toolbar" role="toolbar" aria-label={trans.__('Table of runs')}>
      <div className="jp-MLRuns-filter">
        <Filter label={trans.__('Filter runs')} target={model} manager={workspace} saved={saved} />
      </div>
      <span className="jp-MLRuns-count" role="status">
        {runs && countText(runs.size, runs.total, trans)}
        {runs && typeof known.cost === 'number' && (
          <span title={trans.__('What the runs cost together, at the current prices of their computes')}>
            {' · '}
            {trans.__('cost %1', formatValue(known.cost))}
          </span>
        )}
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
      <LinkButton onClick={onCopyLink} />
      <span className="jp-MLSwitch" role="group" aria-label={trans.__('What to show')}>
        {layouts.map(([value, label]) => (
          <button
            key={value}
            className="jp-MLSwitch-button"
            aria-pressed={view.layout === value}
            onClick={() => model.setView({ layout: value })}
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
