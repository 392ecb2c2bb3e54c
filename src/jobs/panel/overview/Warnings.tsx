// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Job } from '../../../api';
import { visible } from '../../../components';
import { useTrans } from '../../../hooks';

/** The warnings of a job. */
export function Warnings(props: {
  warnings: Job['warnings'];
  /** Return the position of a cell in the notebook; negative if it is not there. */
  positionOf: (cell: number) => number;
  onJump: (position: number) => void;
}): JSX.Element | null {
  const { warnings, positionOf, onJump } = props;
  const trans = useTrans();
  if (!warnings.length) return null;
  return (
    <section className="jp-MLWarnings" aria-label={trans.__('Warnings')}>
      {warnings.map(({ message, hint, cell }, index) => {
        const position = cell === null ? -1 : positionOf(cell);
        return (
          <div key={index} className="jp-MLWarning">
            <p className="jp-MLWarning-message">{visible(message, true)}</p>
            {hint && <p className="jp-MLCause-hint">{visible(hint, true)}</p>}
            {position >= 0 && (
              <button className="jp-MLNotice-action" onClick={() => onJump(position)}>
                {trans.__('Show the cell in the notebook')}
              </button>
            )}
          </div>
        );
      })}
    </section>
  );
}
