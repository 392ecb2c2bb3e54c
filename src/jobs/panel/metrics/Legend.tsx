// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../../../hooks';
import { strokeOf } from './palette';

/** Which line is whose; a click hides it, another one shows it again. */
export function Legend(props: {
  /** All jobs, whose order determines the colors. */
  names: readonly string[];
  /** The jobs that have lines, also hidden ones. */
  drawn: ReadonlySet<string>;
  labels: ReadonlyMap<string, string>;
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}): JSX.Element {
  const { names, drawn, labels, hidden, onChange } = props;
  const trans = useTrans();
  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onChange(next);
  };
  return (
    <div className="jp-MLLegend" role="group" aria-label={trans.__('Jobs in the charts')}>
      {names.map((name, index) => {
        if (!drawn.has(name)) return null;
        const { variable, dash } = strokeOf(index);
        return (
          <button
            key={name}
            className="jp-MLLegend-item"
            aria-pressed={!hidden.has(name)}
            title={trans.__('Show or hide')}
            onClick={() => toggle(name)}
          >
            <svg className="jp-MLLegend-line" viewBox="0 0 20 4" aria-hidden>
              <path d="M0 2h20" style={{ stroke: `var(${variable})` }} strokeDasharray={dash.join(' ')} />
            </svg>
            {labels.get(name) ?? name}
          </button>
        );
      })}
    </div>
  );
}
