// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { Notice, visible } from '../../../../components';
import { useTrans } from '../../../../hooks';
import type { ITable } from './table';

/** The first rows of a table. */
export function TableView({ table }: { table: ITable }): JSX.Element {
  const trans = useTrans();
  const { columns, rows, truncated, caption } = table;
  return (
    <div className="jp-MLPreview jp-RenderedHTMLCommon" tabIndex={0}>
      <table>
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((cell, index) => (
              <th key={index} scope="col">
                {visible(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {row.map((cell, index) => (
                <td key={index}>{visible(cell, true)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {truncated && (
        <Notice>{trans.__('Only the first %1 rows and %2 columns are shown.', rows.length, columns.length)}</Notice>
      )}
    </div>
  );
}
