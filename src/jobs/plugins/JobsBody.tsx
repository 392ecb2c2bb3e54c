// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { Job } from '../../api';
import { formatParameter, visible } from '../../components';
import { labelOf } from '../naming';

/** The most jobs, and the most parameters of each, that are listed. */
const SHOWN = 8;

/** The content of a dialog about jobs: which ones, and what will happen to them. */
export function JobsBody(props: { jobs: readonly Job[]; text: string; trans: TranslationBundle }): JSX.Element {
  const { jobs, text, trans } = props;
  return (
    <div className="jp-MLDialog">
      <ul className="jp-MLDialog-jobs">
        {jobs.slice(0, SHOWN).map(job => (
          <li key={job.name}>
            <strong>{visible(labelOf(job))}</strong>
            <code>{job.name}</code>
            <span>{visible(parameters(job))}</span>
          </li>
        ))}
        {jobs.length > SHOWN && <li>{trans.__('and %1 more', jobs.length - SHOWN)}</li>}
      </ul>
      <p>{text}</p>
    </div>
  );
}

function parameters({ parameters }: Job): string {
  const all = Object.entries(parameters);
  const shown = all.slice(0, SHOWN).map(([key, value]) => `${key} ${formatParameter(value)}`);
  return [...shown, ...(all.length > SHOWN ? ['…'] : [])].join(' · ');
}
