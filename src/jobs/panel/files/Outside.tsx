// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { OutsideFiles } from '../../../api';
import { formatBytes, formatCount, visible } from '../../../components';
import { useTrans } from '../../../hooks';

/** Files that a job wrote outside of `outputs/`, and whether they are stored. */
export function Outside({ outside }: { outside: OutsideFiles | null }): JSX.Element | null {
  const trans = useTrans();
  if (!outside?.items.length) return null;
  const more = outside.count - outside.items.length;
  return (
    <section className="jp-MLOutside" aria-label={trans.__('Files outside outputs/')}>
      <ul>
        {outside.items.map(({ path, size_bytes, new: isNew, kept }) => {
          const size = formatBytes(size_bytes);
          return (
            <li key={path}>
              {isNew
                ? trans.__('%1 (%2) was written outside outputs/', visible(path), size)
                : trans.__('%1 (%2), a file of the code, was modified', visible(path), size)}
              {kept && ` ${trans.__('and is kept as files/%1', visible(path))}`}
            </li>
          );
        })}
        {more > 0 && (
          <li>
            {outside.truncated
              ? trans.__('and more than %1 others', formatCount(more))
              : trans._n('and %2 more', 'and %2 more', more, formatCount(more))}
          </li>
        )}
      </ul>
      {outside.items.some(({ kept }) => !kept) && (
        <p>
          {trans.__('Other files are discarded. To keep them, write them to outputs/, or set keep_files for the job.')}
        </p>
      )}
    </section>
  );
}
