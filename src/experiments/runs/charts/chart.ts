// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { RunChart } from '../../../api';
import type { ISelection } from '../../../resources';
import type { Runs } from '../runs';

/** Properties of the charts. */
export interface IChartProps {
  runs: Runs;
  /** Indices of the runs: in the order of the table, for charts that show the first ones. */
  order: readonly number[];
  chart: RunChart;
  /** The columns in which the runs differ. */
  labels: readonly string[];
  selection: ISelection;
}
