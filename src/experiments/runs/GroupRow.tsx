// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useMemo } from 'react';
import type { CSSProperties, JSX } from 'react';

import { formatCount, formatValue } from '../../components';
import { useTrans } from '../../hooks';
import { isLowerBetter, textOf, titleOf } from './columns';
import type { RunsModel } from './model';
import { boxOf } from './runs';
import type { IGroup, Runs } from './runs';

/** The heading of a group of runs, with its size and its values of the primary metric. */
export function GroupRow(props: {
  id: string;
  rowIndex: number;
  style: CSSProperties;
  model: RunsModel;
  runs: Runs;
  /** The column whose values are grouped. */
  column: string;
  group: IGroup;
  isCollapsed: boolean;
  onToggle: () => void;
}): JSX.Element {
  const { model, runs, column, group, isCollapsed, onToggle } = props;
  const trans = useTrans();
  const { primary, experiment } = model;
  const box = useMemo(() => primary && boxOf(runs, primary, group.runs), [runs, primary, group]);
  const Caret = isCollapsed ? caretRightIcon : caretDownIcon;
  const best = primary && box && experiment && (isLowerBetter(primary, experiment) ? box.min : box.max);
  return (
    <div
      className="jp-MLRuns-row jp-mod-group"
      role="row"
      id={props.id}
      aria-rowindex={props.rowIndex}
      style={props.style}
    >
      <div role="gridcell" className="jp-MLRuns-group">
        <button className="jp-MLRuns-toggle" aria-expanded={!isCollapsed} onClick={onToggle}>
          <Caret.react tag="span" elementSize="small" />
          <strong>
            {titleOf(column, trans)}: {group.value === null ? trans.__('none') : textOf(column, group.value, trans)}
          </strong>
          <span>{trans._n('%2 run', '%2 runs', group.runs.length, formatCount(group.runs.length))}</span>
          {primary && box && best !== null && (
            <span>
              {trans.__('%1: best %2, median %3', titleOf(primary, trans), formatValue(best), formatValue(box.median))}
            </span>
          )}
        </button>
      </div>
    </div>
  );
}
