// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../hooks';

/** Examples of filters. */
export function FilterHelp({ id, onSelect }: { id: string; onSelect: (example: string) => void }): JSX.Element {
  const trans = useTrans();
  const examples: readonly [string, string][] = [
    ['train', trans.__('this text anywhere')],
    ['"two words"', trans.__('exactly this text')],
    ['is:failed,canceled', trans.__('one of these states')],
    ['alpha=0.1', trans.__('parameter, metric or tag')],
    ['score>0.5', trans.__('a comparison')],
    ['tag:team=blue', trans.__('a tag only')],
    ['experiment:trees', trans.__('an experiment')],
    ['-is:completed', trans.__('excludes')]
  ];
  return (
    <div id={id} className="jp-MLFilterHelp" role="region" aria-label={trans.__('Help on filters')}>
      <p>{trans.__('All terms of a filter must match:')}</p>
      <ul>
        {examples.map(([example, meaning]) => (
          <li key={example}>
            <button title={trans.__('Filter by %1', example)} onClick={() => onSelect(example)}>
              {example}
            </button>
            <span>{meaning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
