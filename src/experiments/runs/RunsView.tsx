// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { ErrorNotice, Notice } from '../../components';
import { useHeight, useTrans, useVersion } from '../../hooks';
import type { ISavedFilters } from '../../sidebar';
import type { IWorkspaceManager } from '../../workspace';
import { ChartsPane } from './ChartsPane';
import { toCsv } from './csv';
import type { RunsModel } from './model';
import { rowsOf, runsIn } from './rows';
import { RunsTable } from './RunsTable';
import { sortRuns } from './runs';
import { Toolbar } from './Toolbar';

/** Properties of RunsView. */
export interface IRunsViewProps {
  model: RunsModel;
  /** Checks and completes the filter. */
  workspace: IWorkspaceManager;
  saved: ISavedFilters;
  onOpen: (name: string) => void;
  onCompare: (names: readonly string[]) => void;
  onCopyLink: () => void;
  onDownload: (text: string, fileName: string) => void;
}

const NO_GROUPS: ReadonlySet<string> = new Set();

/** The column of names shows display names, and a file has both. */
const withDisplayName = (column: string): string[] => (column === 'name' ? ['name', 'display_name'] : [column]);

/** The runs of an experiment as a table, with charts beside it. */
export function RunsView(props: IRunsViewProps): JSX.Element {
  const { model, workspace, saved, onOpen, onCompare, onCopyLink, onDownload } = props;
  const trans = useTrans();
  useVersion(model.changed);
  const frame = useRef<HTMLDivElement>(null);
  const isShown = useHeight(frame) > 0;
  const [collapsed, setCollapsed] = useState(NO_GROUPS);
  useEffect(() => {
    model.setShown(isShown);
    return () => model.setShown(false);
  }, [model, isShown]);
  const { runs, view, error, filter } = model;
  // a click is shown at once, and thousands of runs are sorted after it
  const { sort, descending, group } = useDeferredValue(view);
  const order = useMemo(() => (runs ? sortRuns(runs, sort, descending) : []), [runs, sort, descending]);
  const rows = useMemo(() => (runs ? rowsOf(runs, order, group, collapsed) : []), [runs, order, group, collapsed]);
  const exportRuns = (): void => {
    if (runs) {
      onDownload(toCsv(runs, group ? runsIn(rows) : order, view.columns.flatMap(withDisplayName)), `${model.name}.csv`);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isFilter = (event.target as Element).matches('.jp-MLFilter-input');
    if (event.key !== 'ArrowDown' || event.defaultPrevented || !isFilter) return;
    event.preventDefault();
    frame.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  };
  return (
    <div className={`jp-MLRuns jp-mod-${view.layout}`} ref={frame} onKeyDown={onKeyDown}>
      <Toolbar
        model={model}
        workspace={workspace}
        saved={saved}
        onCompare={onCompare}
        onCopyLink={onCopyLink}
        onExport={exportRuns}
      />
      {error && <ErrorNotice error={error} onRetry={() => void model.load()} />}
      {runs?.size === 0 && !error && (
        <Notice>
          {filter
            ? trans.__('No runs match the filter.')
            : trans.__('This experiment has no runs. Submit a job and name this experiment.')}
        </Notice>
      )}
      {runs !== null && runs.size > 0 && (
        <div className="jp-MLRuns-body">
          {view.layout !== 'charts' && (
            <RunsTable
              model={model}
              runs={runs}
              rows={rows}
              group={group ?? ''}
              collapsed={collapsed}
              onCollapse={setCollapsed}
              onOpen={onOpen}
            />
          )}
          {view.layout !== 'table' && <ChartsPane model={model} runs={runs} order={order} />}
        </div>
      )}
    </div>
  );
}
