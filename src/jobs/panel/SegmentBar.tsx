// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { CSSProperties, JSX, KeyboardEvent } from 'react';

import type { DurationEstimate } from '../../api';
import { formatShare } from '../../components';
import { useTrans, useVersion } from '../../hooks';
import { shortDuration } from './duration';
import type { ICell, NotebookModel } from './notebook/model';

const MANY = 100;

/** Properties of SegmentBar. */
export interface ISegmentBarProps {
  model: NotebookModel;
  estimate: DurationEstimate | null;
  live: boolean;
  /** How far the running cell is, from 0 to 1. */
  share: number | null;
  onJump: (position: number) => void;
}

/** A segment for each code cell, with a width by duration. Arrow keys move between them. */
export function SegmentBar({ model, estimate, live, share, onJump }: ISegmentBarProps): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const [at, setAt] = useState(0);
  const cells = (model.cells ?? []).flatMap((cell, position) => (cell.type === 'code' ? { cell, position } : []));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: cells.length - 1 }[event.key];
    if (target === undefined || !cells[target]) return;
    event.preventDefault();
    setAt(target);
    (event.currentTarget.children[target] as HTMLElement).focus();
  };
  return (
    <div
      className={`jp-MLSegments${cells.length > MANY ? ' jp-mod-many' : ''}`}
      role="group"
      aria-label={trans.__('Cells')}
      onKeyDown={onKeyDown}
    >
      {cells.map(({ cell, position }, index) => {
        const state = cell.state ?? 'pending';
        const { finished } = cell.run;
        const far = state === 'running' && share !== null ? ` · ${formatShare(share)}` : '';
        const took = finished ? ` · ${shortDuration(finished.duration_s, trans)}` : '';
        const label = `${model.nameOf(cell, trans)} · ${textOf(state)}${far}${took}`;
        return (
          <button
            key={cell.index}
            className={`jp-MLSegment jp-mod-${state.replace('_', '-')}`}
            style={{ flexGrow: weight(cell, estimate, live), ...(filled(state, share) as CSSProperties) }}
            title={`${label}\n${cell.source.trim().split('\n', 1)[0].slice(0, 80)}`}
            aria-label={label}
            tabIndex={index === Math.min(at, cells.length - 1) ? 0 : -1}
            onFocus={() => setAt(index)}
            onClick={() => onJump(position)}
          />
        );
      })}
    </div>
  );

  function textOf(state: string): string {
    const texts: Record<string, string> = {
      pending: trans.__('Pending'),
      running: trans.__('Running'),
      completed: trans.__('Completed'),
      failed: trans.__('Failed'),
      canceled: trans.__('Canceled'),
      skipped: trans.__('Skipped'),
      not_run: trans.__('Not run')
    };
    return texts[state] ?? state;
  }
}

/** Return the part of the running segment that is filled, as a CSS variable. */
function filled(state: string, share: number | null): object {
  return state === 'running' && share !== null ? { '--jp-ml-share': `${share * 100}%` } : {};
}

/** Estimated widths stay while the job runs; short cells are wide enough to click. */
function weight(cell: ICell, estimate: DurationEstimate | null, live: boolean): number {
  const seconds = live ? estimate?.cells[cell.index] : cell.run.finished?.duration_s;
  return 5 * Math.sqrt(Math.max(0.04, seconds ?? 0.04)); // sums of flex-grow below 1 would not fill the bar
}
