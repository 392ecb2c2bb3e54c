// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Experiment, JobState, RunChart, RunColumns } from '../../api';
import { formatDuration, formatMoment, formatValue, visible } from '../../components';
import { betterOf } from '../../jobs/compare/comparison';
import { programName } from '../../jobs/naming';
import { stateText } from '../../jobs/state';
import type { Runs, Value } from './runs';

const MOST_METRICS = 6;
const MOST_PARAMETERS = 8;
const FEW_RUNS = 30;

/** Columns that every run has, in the order in which they are offered. */
export const OWN_COLUMNS = [
  'starred',
  'name',
  'source',
  'state',
  'created_at',
  'duration_s',
  'cost',
  'user',
  'description'
] as const;

const WIDTHS: Readonly<Record<string, number>> = {
  starred: 48,
  name: 200,
  source: 136,
  state: 104,
  created_at: 184,
  duration_s: 120,
  description: 200,
  user: 104
};
const WIDTH = 104;

export const isMetric = (column: string): boolean => column.startsWith('metrics.');

/** Return the width of a column in pixels, unless the user has chosen one. */
export const defaultWidth = (column: string): number => WIDTHS[column] ?? WIDTH;

/** Return the part of a column after its source, e.g. `alpha` of `parameters.alpha`. */
export const keyOf = (column: string): string => column.slice(column.indexOf('.') + 1);

/** Return the title of a column. */
export function titleOf(column: string, trans: TranslationBundle): string {
  const titles: Record<string, string> = {
    starred: trans.__('Star'),
    name: trans.__('Name'),
    source: trans.__('Source'),
    state: trans.__('State'),
    created_at: trans.__('Created'),
    duration_s: trans.__('Duration'),
    cost: trans.__('Cost'),
    user: trans.__('User'),
    description: trans.__('Note')
  };
  return titles[column] ?? visible(keyOf(column));
}

/** Return the text of a value in a column. */
export function textOf(column: string, value: Value, trans: TranslationBundle): string {
  if (value === null) return '';
  if (column === 'state') return stateText(value as JobState, trans);
  if (column === 'source') return visible(programName(String(value)));
  if (typeof value !== 'number') return visible(String(value));
  if (column === 'created_at') return formatMoment(new Date(value * 1_000).toISOString());
  return column === 'duration_s' ? formatDuration(value) : formatValue(value);
}

/** Return whether low values of a metric are good. */
export function isLowerBetter(column: string, experiment: Experiment): boolean {
  const key = keyOf(column);
  if (key === experiment.primary_metric && experiment.goal) return experiment.goal === 'minimize';
  return betterOf(key) === 'lower';
}

/** Return the column of the metric by which runs are compared: the one that lists of jobs show, too. */
export function primaryColumn(experiment: Experiment, known: RunColumns): string | null {
  const key = experiment.primary_metric ?? known.primary_metric;
  return key === null || key === undefined ? null : `metrics.${key}`;
}

/** Return the default columns of a table: what differs among the runs. */
export function defaultColumns(experiment: Experiment, known: RunColumns): string[] {
  const primary = primaryColumn(experiment, known);
  const differing = (source: string): string[] =>
    known.items.flatMap(({ column, differs }) => (differs && column.startsWith(source) ? column : []));
  const metrics = known.items.flatMap(({ column }) => (isMetric(column) && column !== primary ? column : []));
  return [
    'starred',
    'name',
    'source',
    ...(primary ? [primary] : []),
    ...differing('parameters.').slice(0, MOST_PARAMETERS),
    ...metrics.slice(0, MOST_METRICS),
    'duration_s',
    'created_at',
    'description'
  ];
}

/** Return the default charts of an experiment. */
export function defaultCharts(experiment: Experiment, known: RunColumns): RunChart[] {
  const primary = primaryColumn(experiment, known);
  if (!primary) return [];
  const parameter = known.items.find(({ column, differs }) => differs && column.startsWith('parameters.'))?.column;
  const series = known.items.flatMap(item => (item.series ? item.column : []));
  const line = series.includes(primary) ? primary : series.at(0);
  const charts: RunChart[] = line ? [{ type: 'lines', columns: [line], log: false }] : [];
  if (parameter) charts.push({ type: 'scatter', columns: [parameter, primary], log: false });
  if (known.runs <= FEW_RUNS) charts.push({ type: 'bars', columns: [primary], log: false });
  return charts;
}

/** Return what distinguishes a run: its differing parameters, or its name if it has none. */
export function labelOf(runs: Runs, index: number, columns: readonly string[], trans: TranslationBundle): string {
  const words = columns.flatMap(column => {
    const text = column.startsWith('parameters.') ? textOf(column, runs.value(column, index), trans) : '';
    return text ? `${keyOf(column)}=${text}` : [];
  });
  return words.length ? words.slice(0, 3).join(' ') : visible(String(runs.value('display_name', index)));
}
