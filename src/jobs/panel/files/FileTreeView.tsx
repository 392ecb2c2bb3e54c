// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import type { JobFile } from '../../../api';
import { formatBytes, formatMoment, visible } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { iconOf } from './icons';
import type { FilesModel } from './model';
import type { TreeRow } from './tree';

const ROW_PX = 24;
const INDENT_PX = 16;

/** The tree of files: only visible rows are rendered. Arrow keys move, open and close as in JupyterLab's trees. */
export function FileTreeView({ model }: { model: FilesModel }): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = model.tree;
  const path = model.selected?.path ?? null;
  const active = rows.findIndex(row => row.kind !== 'more' && row.file.path === path);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8
  });
  useEffect(() => {
    if (active >= 0) virtualizer.scrollToIndex(active, { align: 'auto' });
    // only when another file is selected: loading more must not scroll
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path]);

  const items = virtualizer.getVirtualItems();
  const more = items.map(item => rows[item.index]).find(row => row.kind === 'more');
  const moreOf = more?.kind === 'more' ? `${more.parent}\n${rows.length}` : null;
  useEffect(() => {
    if (moreOf !== null) model.loadMore(moreOf.split('\n')[0]);
  }, [model, moreOf]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = destination(event.key, rows, active, model);
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const row = rows.at(target);
    if (target >= 0 && row && row.kind !== 'more') model.select(row.file.path);
    if (target === active) virtualizer.scrollToIndex(active, { align: 'auto' }); // files that came above may have moved it
  };

  return (
    <div
      ref={scroller}
      className="jp-MLFiles-list"
      role="tree"
      aria-label={trans.__('Files')}
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="jp-MLRows-space" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(item => {
          const row = rows[item.index];
          return (
            <div
              key={row.kind === 'more' ? `${row.parent}/` : row.file.path}
              id={`${id}-${item.index}`}
              className={`jp-MLFile${item.index === active ? ' jp-mod-selected' : ''}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-selected={item.index === active}
              aria-expanded={row.kind === 'directory' ? model.tree.isOpen(row.file.path) : undefined}
              aria-busy={row.kind === 'more'}
              title={row.kind === 'more' ? undefined : titleOf(row.file)}
              style={{
                height: item.size,
                transform: `translateY(${item.start}px)`,
                paddingLeft: 8 + row.depth * INDENT_PX
              }}
              onClick={() => row.kind !== 'more' && onClick(row, model)}
            >
              {row.kind === 'more' ? (
                trans.__('Loading…')
              ) : (
                <FileRow file={row.file} isOpen={model.tree.isOpen(row.file.path)} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function FileRow({ file, isOpen }: { file: JobFile; isOpen: boolean }): JSX.Element {
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const Icon = iconOf(file);
  return (
    <>
      <span className="jp-MLFile-caret">{file.directory && <Caret.react tag="span" stylesheet="menuItem" />}</span>
      <Icon.react tag="span" className="jp-MLFile-icon" stylesheet="menuItem" />
      <span className="jp-MLFile-path">{visible(file.path.split('/').at(-1) ?? '')}</span>
      <span className="jp-MLFile-size">{file.size_bytes === null ? null : formatBytes(file.size_bytes)}</span>
    </>
  );
}

function titleOf({ path, modified_at }: JobFile): string {
  return [visible(path), ...(modified_at ? [formatMoment(modified_at)] : [])].join('\n');
}

function onClick({ kind, file }: Exclude<TreeRow, { kind: 'more' }>, model: FilesModel): void {
  model.select(file.path);
  if (kind === 'directory') model.toggle(file.path);
}

/** Carry out a key; return the row to select, -1 for none, or undefined if the key is not one of a tree. */
function destination(key: string, rows: readonly TreeRow[], active: number, model: FilesModel): number | undefined {
  const row = rows.at(active);
  const directory = active >= 0 && row?.kind === 'directory' ? row.file.path : null;
  const isOpen = directory !== null && model.tree.isOpen(directory);
  switch (key) {
    case 'ArrowDown':
      return Math.min(active + 1, rows.length - 1);
    case 'ArrowUp':
      return Math.max(active - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      if (isOpen) return (rows.at(active + 1)?.depth ?? 0) > (row?.depth ?? 0) ? active + 1 : -1;
      if (directory !== null) model.toggle(directory);
      return -1;
    case 'ArrowLeft': {
      if (isOpen && directory !== null) model.toggle(directory);
      else if (row) return rows.slice(0, active).findLastIndex(({ depth }) => depth < row.depth);
      return -1;
    }
    case 'Enter':
    case ' ':
      if (directory !== null) model.toggle(directory);
      return -1;
    default:
      return undefined;
  }
}
