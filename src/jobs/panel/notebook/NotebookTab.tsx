// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, Notice } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { CellView } from './CellView';
import type { ICell, NotebookModel } from './model';

/** A cell to scroll to; a new object for each request. */
export interface IJump {
  position: number;
}

/** The notebook with its outputs so far; follows the running cell until the user scrolls. */
export function NotebookTab(props: { model: NotebookModel; live: boolean; jump: IJump | null }): JSX.Element {
  const { model, live, jump } = props;
  const trans = useTrans();
  useVersion(model.changed);
  const scroller = useRef<HTMLDivElement>(null);
  const [left, setLeft] = useState(false);
  const [resumed, setResumed] = useState<IJump | null>(null);
  const following = !left && jump === resumed;
  const { current } = model;
  const showAll = useCallback((cell: ICell) => model.showAll(cell), [model]);
  const goTo = (position: number, block: ScrollLogicalPosition): void =>
    scroller.current?.querySelector(`[data-position="${position}"]`)?.scrollIntoView({ block });

  useEffect(() => {
    if (live && following && current >= 0) goTo(current, 'nearest');
  });
  useEffect(() => {
    if (!jump) return;
    goTo(jump.position, 'start');
    // cells that are rendered on the way change their heights
    const timer = window.setTimeout(() => goTo(jump.position, 'start'), 150);
    return () => window.clearTimeout(timer);
  }, [jump]);

  if (!model.cells) {
    return model.error ? (
      <ErrorNotice error={model.error} />
    ) : (
      <Notice>{live ? trans.__('The notebook is shown here when the job starts.') : ''}</Notice>
    );
  }
  const stay = (): void => setLeft(true);
  const follow = (): void => {
    setLeft(false);
    setResumed(jump);
    scroller.current?.focus(); // the button disappears
  };
  return (
    <>
      <div
        ref={scroller}
        className="jp-MLNotebook"
        role="region"
        aria-label={trans.__('Notebook')}
        tabIndex={0}
        onWheel={stay}
        onPointerDown={stay}
        onKeyDown={stay}
      >
        {model.cells.map((cell, position) => (
          <CellView
            key={cell.index}
            cell={cell}
            position={position}
            name={model.nameOf(cell, trans)}
            language={model.language}
            live={live}
            whole={model.isWhole(cell.index)}
            onShowAll={showAll}
          />
        ))}
      </div>
      {live && !following && (
        <button className="jp-MLFollow" onClick={follow}>
          {trans.__('Follow the running cell')}
        </button>
      )}
    </>
  );
}
