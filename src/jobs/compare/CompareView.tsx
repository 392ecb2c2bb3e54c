// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useMemo, useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, LinkButton, visible } from '../../components';
import { useTrans, useVersion } from '../../hooks';
import { MetricsTab } from '../panel/metrics/MetricsTab';
import { CompareTable } from './CompareTable';
import type { Better } from './comparison';
import type { CompareModel } from './model';

/** Properties of CompareView. */
export interface ICompareViewProps {
  model: CompareModel;
  onOpen: (name: string) => void;
  onCopyLink: () => void;
}

/** Parameters, metrics and charts of jobs side by side. */
export function CompareView({ model, onOpen, onCopyLink }: ICompareViewProps): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const [onlyDiffering, setOnlyDiffering] = useState(true);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Better>>(new Map());
  const { jobs } = model;
  const titles = JSON.stringify(jobs.map(job => [job.name, visible(job.display_name)]));
  const labels = useMemo(() => new Map(JSON.parse(titles) as [string, string][]), [titles]);
  return (
    <div className="jp-MLCompare">
      {model.error && <ErrorNotice error={model.error} onRetry={() => void model.load()} />}
      <div className="jp-MLCompare-options">
        <label className="jp-MLCompare-option">
          <input type="checkbox" checked={onlyDiffering} onChange={event => setOnlyDiffering(event.target.checked)} />
          {trans.__('Only parameters that differ')}
        </label>
        <LinkButton onClick={onCopyLink} />
      </div>
      <CompareTable
        jobs={jobs}
        onlyDiffering={onlyDiffering}
        chosen={chosen}
        onChoose={(key, better) => setChosen(new Map(chosen).set(key, better))}
        onOpen={onOpen}
      />
      <MetricsTab model={model.metrics} labels={labels} />
    </div>
  );
}
