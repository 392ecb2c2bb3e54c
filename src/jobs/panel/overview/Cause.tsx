// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Cause as ICause } from '../../../api';
import { visible } from '../../../components';
import { useTrans } from '../../../hooks';
import { Mime } from '../Mime';
import { Source } from '../Source';

/** The cause of a failure, with a hint, its cell, and a collapsed traceback. */
export function Cause(props: {
  cause: ICause;
  language: string;
  /** Show the cell in the executed notebook. */
  onShowCell?: () => void;
  /** Edit the cell in the source notebook. */
  onEditCell?: () => void;
  /** Run the job again, with the current version of its files. */
  onRerun?: () => void;
}): JSX.Element {
  const { cause, language, onShowCell, onEditCell, onRerun } = props;
  const trans = useTrans();
  const head = cause.kind === 'canceled' ? '' : ' jp-mod-error';
  return (
    <section className={`jp-MLCause${head}`} aria-label={trans.__('Cause')}>
      <p className="jp-MLCause-message">{visible(cause.message, true)}</p>
      {cause.exception && cause.value && !cause.message.includes(cause.value) && (
        <p className="jp-MLCause-exception">{visible(`${cause.exception}: ${cause.value}`, true)}</p>
      )}
      {cause.hint && <p className="jp-MLCause-hint">{visible(cause.hint, true)}</p>}
      {cause.cell_source && <Source code={cause.cell_source} language={language} />}
      {cause.traceback.length > 0 && (
        <details className="jp-MLCause-traceback">
          <summary>{trans.__('Traceback')}</summary>
          <Mime type="application/vnd.jupyter.stderr" data={cause.traceback.join('\n')} />
        </details>
      )}
      <p className="jp-MLCause-actions">
        {onEditCell && (
          <button className="jp-MLNotice-action" onClick={onEditCell}>
            {trans.__('Edit the cell in its notebook')}
          </button>
        )}
        {onShowCell && (
          <button className="jp-MLNotice-action" onClick={onShowCell}>
            {trans.__('Show its output')}
          </button>
        )}
        {onRerun && (
          <button className="jp-MLNotice-action" onClick={onRerun}>
            {trans.__('Run again')}
          </button>
        )}
      </p>
    </section>
  );
}
