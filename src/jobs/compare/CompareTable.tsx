// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import type { JSX, ReactNode } from 'react';

import type { Job } from '../../api';
import { formatDuration, formatParameter, formatValue, visible } from '../../components';
import { useNow, useTrans } from '../../hooks';
import { elapsed } from '../state';
import { StateIcon } from '../StateIcon';
import { compareMetrics, compareParameters } from './comparison';
import type { Better, IMetricRow } from './comparison';

/** Properties of CompareTable. */
export interface ICompareTableProps {
  jobs: readonly Job[];
  onlyDiffering: boolean;
  /** Overrides of whether lower or higher values of a metric are better. */
  chosen: ReadonlyMap<string, Better>;
  onChoose: (key: string, better: Better) => void;
  onOpen: (name: string) => void;
}

/** A table with a column for each job and a row for each parameter and metric. */
export function CompareTable({ jobs, onlyDiffering, chosen, onChoose, onOpen }: ICompareTableProps): JSX.Element {
  const trans = useTrans();
  const all = compareParameters(jobs);
  const parameters = onlyDiffering ? all.filter(({ differs }) => differs) : all;
  const metrics = compareMetrics(jobs, chosen);
  const now = useNow(jobs.some(job => job.started_at && !job.ended_at) ? 1_000 : null);
  const span = jobs.length + 1;
  return (
    <div className="jp-MLCompare-scroll" tabIndex={0} role="region" aria-label={trans.__('Comparison of jobs')}>
      <table className="jp-MLCompare-table">
        <thead>
          <tr>
            <td className="jp-MLCompare-corner" />
            {jobs.map(job => (
              <th key={job.name} scope="col">
                <button className="jp-MLCompare-job" title={visible(job.display_name)} onClick={() => onOpen(job.name)}>
                  <StateIcon state={job.state} />
                  <span>{visible(job.display_name)}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row label={trans.__('Experiment')} cells={jobs.map(job => visible(job.experiment_name))} />
          <Row
            label={trans.__('Duration')}
            cells={jobs.map(job => {
              const seconds = elapsed(job, now);
              return seconds === null ? '' : formatDuration(seconds);
            })}
          />
        </tbody>
        <tbody>
          <Heading span={span}>{trans.__('Parameters')}</Heading>
          {parameters.map(({ key, values, differs }) => (
            <Row key={key} label={visible(key)} cells={values.map(show)} marked={differs && !onlyDiffering} />
          ))}
          {parameters.length === 0 && (
            <Empty span={span}>
              {all.length ? trans.__('All parameters are the same.') : trans.__('These jobs have no parameters.')}
            </Empty>
          )}
        </tbody>
        <tbody>
          <Heading span={span}>{trans.__('Metrics')}</Heading>
          {metrics.map(row => (
            <MetricRow key={row.key} row={row} onChoose={onChoose} />
          ))}
          {metrics.length === 0 && <Empty span={span}>{trans.__('These jobs have no metrics.')}</Empty>}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ span, children }: { span: number; children: ReactNode }): JSX.Element {
  return (
    <tr>
      <th className="jp-MLCompare-heading" colSpan={span} scope="rowgroup">
        {children}
      </th>
    </tr>
  );
}

function Empty({ span, children }: { span: number; children: ReactNode }): JSX.Element {
  return (
    <tr>
      <td className="jp-MLCompare-empty" colSpan={span}>
        {children}
      </td>
    </tr>
  );
}

function Row(props: { label: ReactNode; cells: string[]; marked?: boolean }): JSX.Element {
  return (
    <tr className={props.marked ? 'jp-mod-differs' : undefined}>
      <th scope="row">{props.label}</th>
      {props.cells.map((cell, index) => (
        <td key={index} title={cell}>
          {cell}
        </td>
      ))}
    </tr>
  );
}

/** A row with a button that toggles whether lower or higher values are better. */
function MetricRow({ row, onChoose }: { row: IMetricRow; onChoose: ICompareTableProps['onChoose'] }): JSX.Element {
  const trans = useTrans();
  const lower = row.better === 'lower';
  const Arrow = lower ? caretDownIcon : caretUpIcon;
  const text = lower ? trans.__('Lower is better. Click to change.') : trans.__('Higher is better. Click to change.');
  return (
    <tr>
      <th scope="row">
        {visible(row.key)}
        <button
          className="jp-MLCompare-better"
          title={text}
          aria-label={`${row.key}: ${text}`}
          onClick={() => onChoose(row.key, lower ? 'higher' : 'lower')}
        >
          <Arrow.react tag="span" elementSize="small" />
        </button>
      </th>
      {row.values.map((value, index) => {
        const best = row.best.has(index);
        return (
          <td key={index} className={best ? 'jp-mod-best' : undefined} title={best ? trans.__('The best') : undefined}>
            {best && <span aria-label={trans.__('Best')}>★ </span>}
            {value === undefined ? '' : formatValue(value)}
          </td>
        );
      })}
    </tr>
  );
}

function show(value: unknown): string {
  if (value === undefined) return '';
  return visible(formatParameter(value));
}
