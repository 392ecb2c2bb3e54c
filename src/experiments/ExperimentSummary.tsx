// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Experiment } from '../api';
import { formatCount } from '../components';
import { useVersion } from '../hooks';
import type { IRowWindow } from '../resources';

/** The number of experiments. */
export function ExperimentSummary({ rows }: { rows: IRowWindow<Experiment> }): JSX.Element {
  useVersion(rows.changed);
  return <span className="jp-MLSection-summary">{rows.total ? formatCount(rows.total) : ''}</span>;
}
