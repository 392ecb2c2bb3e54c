// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import { formatCount, Notice, visible } from '../components';
import { useTrans } from '../hooks';
import { splitRequirement } from './texts';

const ROW_PX = 24;

/** Properties of PackagesTab. */
export interface IPackagesTabProps {
  packages: readonly string[];
  /** Whether they are those of the lock; else the requirements. */
  resolved: boolean;
}

/** Packages with their versions, of which only visible ones are rendered, and a search. */
export function PackagesTab({ packages, resolved }: IPackagesTabProps): JSX.Element {
  const trans = useTrans();
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/);
  const found = packages.filter(line => words.every(word => line.toLowerCase().includes(word)));
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8
  });
  return (
    <div className="jp-MLEnvironment-packages">
      {!resolved && (
        <Notice>{trans.__('These are the requirements. A build resolves them to exact versions, the lock.')}</Notice>
      )}
      <div className="jp-MLEnvironment-search">
        <input
          type="search"
          aria-label={trans.__('Search packages')}
          placeholder={trans.__('Search packages')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <span role="status">
          {found.length === packages.length
            ? trans._n('%2 package', '%2 packages', found.length, formatCount(found.length))
            : trans.__('%1 of %2', formatCount(found.length), formatCount(packages.length))}
        </span>
      </div>
      <div ref={scroller} className="jp-MLEnvironment-list" role="list" aria-label={trans.__('Packages')} tabIndex={0}>
        <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const [name, version] = splitRequirement(found[index]);
            return (
              <div
                key={index}
                className="jp-MLEnvironment-package"
                role="listitem"
                aria-setsize={found.length}
                aria-posinset={index + 1}
                title={visible(found[index])}
                style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
              >
                <span>{visible(name)}</span> <code>{visible(version)}</code>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
