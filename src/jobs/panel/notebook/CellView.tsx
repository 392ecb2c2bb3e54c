// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { memo, useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../../../api';
import { errorText } from '../../../components';
import { useNow, useTrans, useVisibleOnce } from '../../../hooks';
import { shortDuration } from '../duration';
import { Mime } from '../Mime';
import { Source } from '../Source';
import { useTools } from '../context';
import type { ICell } from './model';
import { isLong, needsScript, OutputView } from './OutputView';

/** Properties of CellView. */
export interface ICellViewProps {
  cell: ICell;
  position: number;
  /** The name of the cell, for screen readers. */
  name: string;
  language: string;
  /** Whether the job is running. */
  live: boolean;
  /** Whether long outputs are shown in full. */
  whole: boolean;
  onShowAll: (cell: ICell) => Promise<void>;
}

/** A read-only cell; rendered when it comes near the viewport. */
export const CellView = memo(function CellView(props: ICellViewProps): JSX.Element {
  const { cell, position, name, language, live, whole } = props;
  const { outputs, shortened } = cell.run;
  const trans = useTrans();
  const { rendermime } = useTools();
  const [ref, seen] = useVisibleOnce('.jp-MLNotebook', 1_000);
  const running = live && cell.state === 'running';
  const classes = ['jp-MLCell', `jp-mod-${cell.type}`];
  if (cell.state) classes.push(`jp-mod-${cell.state.replace('_', '-')}`);
  return (
    <section
      ref={ref}
      className={classes.join(' ')}
      data-position={position}
      aria-label={name}
      aria-busy={running}
      style={seen ? undefined : { minHeight: roughly(cell) }}
    >
      {seen && (
        <>
          <div className="jp-MLCell-input">
            <div className="jp-MLCell-prompt">{cell.type === 'code' && promptOf(cell, running)}</div>
            {cell.type === 'markdown' ? (
              <Mime type="text/markdown" data={cell.source} />
            ) : (
              <Source code={cell.source} language={cell.type === 'code' ? language : 'text'} />
            )}
            <Duration cell={cell} running={running} />
          </div>
          {cell.index < 0 && <div className="jp-MLCell-note">{trans.__('The parameters of this job')}</div>}
          {outputs.length > 0 && <OutputView entries={outputs} whole={whole} />}
          {outputs.some(output => needsScript(output, rendermime)) && (
            <div className="jp-MLCell-note">
              {trans.__(
                'This output is rendered by a script, which does not run here. Open the executed notebook to view it.'
              )}
            </div>
          )}
          {(shortened.length > 0 || (!whole && outputs.some(isLong))) && <ShowAll {...props} />}
        </>
      )}
    </section>
  );
});

function ShowAll({ cell, whole, onShowAll }: ICellViewProps): JSX.Element {
  const trans = useTrans();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const show = (): void => {
    setBusy(true);
    onShowAll(cell)
      .catch(reason => setError(errorText(ApiError.from(reason), trans)))
      .finally(() => setBusy(false));
  };
  return (
    <div className="jp-MLCell-more">
      {error ?? trans.__('This output is truncated.')}{' '}
      <button className="jp-MLNotice-action" disabled={busy} onClick={show}>
        {whole ? trans.__('Show more') : trans.__('Show all')}
      </button>
    </div>
  );
}

function Duration({ cell, running }: { cell: ICell; running: boolean }): JSX.Element {
  const trans = useTrans();
  const now = useNow(running ? 1_000 : null);
  const { startedAt, finished } = cell.run;
  const seconds = running && startedAt ? Math.max(0, now / 1000 - startedAt) : (finished?.duration_s ?? null);
  const words: Partial<Record<string, string>> = {
    skipped: trans.__('Skipped'),
    canceled: trans.__('Canceled'),
    not_run: trans.__('Not run')
  };
  const time = seconds === null ? '' : shortDuration(seconds, trans);
  return (
    <span className="jp-MLCell-duration" title={time}>
      {words[cell.state ?? ''] ?? time}
    </span>
  );
}

function promptOf({ run }: ICell, running: boolean): string {
  return running ? '[*]:' : `[${run.finished?.execution_count ?? ' '}]:`;
}

/** Estimate the height of a cell before it is rendered, for the scroll bar. */
function roughly({ source, run: { outputs } }: ICell): number {
  return 24 + 17 * source.split('\n').length + 80 * Math.min(5, outputs.length);
}
