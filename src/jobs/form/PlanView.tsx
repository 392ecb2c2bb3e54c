// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import { formatBytes } from '../../components';
import { useTrans } from '../../hooks';
import type { JobPlan } from './model';

type Input = JobPlan['inputs'][string];
type Output = JobPlan['outputs'][string];

/** What a checked job would read, install and register. */
export function PlanView({ plan }: { plan: JobPlan }): JSX.Element {
  const trans = useTrans();
  const section = useRef<HTMLElement>(null);
  useEffect(() => void section.current?.scrollIntoView({ block: 'nearest' }), [plan]); // Chromium returns a promise
  const { environment, inputs, outputs } = plan;
  const rows: [string, string, boolean][] = [
    [trans.__('Environment'), environmentText(environment, trans), environment?.state === 'failed'],
    ...Object.entries(inputs).map<[string, string, boolean]>(([name, input]) => [
      trans.__('Input %1', name),
      inputText(input, trans),
      input.state === 'changed' || input.state === 'missing'
    ]),
    ...Object.entries(outputs).map<[string, string, boolean]>(([name, output]) => [
      trans.__('Output %1', name),
      outputText(output, trans),
      false
    ])
  ];
  return (
    <section ref={section} className="jp-MLForm-plan" aria-label={trans.__('What the job would do')} role="status">
      <p>{trans.__('Checked: the job can be submitted. Nothing has been submitted.')}</p>
      <dl>
        {rows.map(([name, text, isWrong]) => (
          <div key={name} className={isWrong ? 'jp-mod-wrong' : ''}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function environmentText(environment: JobPlan['environment'], trans: TranslationBundle): string {
  if (!environment) return trans.__('the packages of this server');
  const { name, state } = environment;
  switch (state) {
    case 'built':
      return trans.__('%1: installed', name);
    case 'building':
      return trans.__('%1: being installed', name);
    case 'failed':
      return trans.__('%1: the last installation failed, and would be tried again', name);
    case 'not_built':
      return trans.__('%1: would be installed first', name);
    case 'sent':
      return trans.__('%1: would be installed on the compute first, unless it is there', name);
  }
}

function inputText({ reference, files, bytes, state, detail, cached }: Input, trans: TranslationBundle): string {
  const states = {
    unchanged: trans.__('unchanged since it was registered'),
    changed: trans.__('changed since it was registered: %1', detail),
    missing: trans.__('missing: %1', detail),
    unknown: trans.__('not known whether it has changed')
  };
  const size =
    bytes === null ? '' : files === 1 ? formatBytes(bytes) : trans.__('%1 files, %2', files ?? 0, formatBytes(bytes));
  const delivery = cached === null ? '' : cached ? trans.__('downloaded before') : trans.__('would be downloaded');
  return [reference, size, state ? states[state] : '', delivery].filter(Boolean).join(' · ');
}

function outputText({ type, reference, path }: Output, trans: TranslationBundle): string {
  return [
    type,
    reference ? trans.__('would be registered as %1', reference) : '',
    path ? trans.__('would be written to %1', path) : ''
  ]
    .filter(Boolean)
    .join(' · ');
}
